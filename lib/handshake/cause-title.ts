import { CAUSES, isCause } from "./causes.ts";

/** A cause as a heading; one of another version is shown by its code. */
export function causeTitle(code: string): string {
  return isCause(code) ? CAUSES[code].title : code;
}
