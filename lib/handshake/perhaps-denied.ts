import type { Observation } from "./observation.ts";

type Answer = Pick<Observation, "status" | "outcome" | "finding" | "certificate">;

/**
 * Whether a line says that a request was answered 401 or 403, and nothing of a certificate: where one is optional, the
 * proxy's own rule may have refused whoever had none, or a bad one, and writes the same as for a password.
 */
export function isPerhapsDenied({ status, outcome, finding, certificate }: Answer): boolean {
  return (
    (status === 401 || status === 403) && outcome === "accepted" && finding === null && certificate === null
  );
}
