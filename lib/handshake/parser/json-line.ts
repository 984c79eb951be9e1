import { LINE_MAX } from "#lib/handshake/observation.ts";

/** An object of JSON, of which every member may be missing or of another kind. */
export type JsonObject = { readonly [name: string]: unknown };

/** The object that a line is. Null when it is none, or was too long to be kept whole. */
export function jsonLine(text: string): JsonObject | null {
  if (!text.startsWith("{") || text.length > LINE_MAX) return null;
  try {
    return objectIn(JSON.parse(text));
  } catch {
    return null;
  }
}

export function objectIn(value: unknown): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** A text that is not empty. Envoy, nginx and others write `-` for what there is none of. */
export function textIn(value: unknown): string | null {
  return typeof value === "string" && value !== "" && value !== "-" ? value : null;
}

/** A whole number, also when it is written as text. */
export function numberIn(value: unknown): number | null {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

/** The texts of a list. */
export function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
