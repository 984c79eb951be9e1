import type { ClientInput } from "#lib/access/client-input.ts";
import { malformed } from "#lib/errors.ts";

/** A client while it is being written. */
export interface ClientDraft {
  name: string;
  environment: string;
  owner: string;
  /** Separated by blanks or commas, as they are typed. */
  tags: string;
  notes: string;
  /** UTC, as a browser gives it: "2026-11-22T21:48"; empty for no end. */
  expiresAt: string;
  isProtected: boolean;
}

export const NEW_CLIENT: ClientDraft = {
  ...{ name: "", environment: "", owner: "", tags: "", notes: "", expiresAt: "", isProtected: false },
};

/**
 * The draft as the domain takes it; what else is wrong with it is said there.
 *
 * @throws DomainError `malformed`, field `expiresAt`
 */
export function clientInput({ tags, expiresAt, ...draft }: ClientDraft): ClientInput {
  return {
    ...draft,
    tags: tags
      .toLowerCase()
      .split(/[\s,;]+/)
      .filter((tag) => tag !== ""),
    expiresAt: readUtc(expiresAt, "expiresAt"),
  };
}

/**
 * A time as a browser's field gives it, read as UTC; null for an empty one.
 *
 * @param field that is named when it is no time
 * @throws DomainError `malformed`
 */
export function readUtc(text: string, field: string): Date | null {
  if (text === "") return null;
  const time = new Date(`${text}Z`);
  if (Number.isNaN(time.getTime())) throw malformed(field, "time", "That is no date and time.");
  return time;
}

/** A time as a browser's field takes it; empty for none. */
export function typedUtc(time: Date | null): string {
  return time === null ? "" : time.toISOString().slice(0, 16);
}
