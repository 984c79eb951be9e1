import type { Finding, Observation, SeenCertificate } from "#lib/handshake/observation.ts";
import { seenCertificate } from "./seen-certificate.ts";

/** `dial tcp 192.0.2.9:8443: connect: connection refused`. */
const DIALLED = /\bdial tcp (\S{1,280}): /;
/** `read tcp 192.0.2.1:8443->192.0.2.7:41200: i/o timeout`. */
const OWN_END = /\b(?:read|write) tcp (\S{1,80})->\S/;

/** Where a proxy in Go wanted to go, as far as its error says. */
export function dialledIn(text: string): string | null {
  return DIALLED.exec(text)?.[1] ?? null;
}

/** The proxy's own end of a connection, as far as its error says. */
export function ownEndIn(text: string): string | null {
  return OWN_END.exec(text)?.[1] ?? null;
}

const VALID_FOR = /^certificate is valid for (.{1,280}?), not \S{1,260}$/;

/** The names of a certificate that was for others: Go lists them. */
export function mismatchedCertificate(finding: Finding | null): SeenCertificate | null {
  if (finding?.kind !== "reason" || finding.reason !== "name-mismatch") return null;
  const names = VALID_FOR.exec(finding.words)?.[1]?.split(", ") ?? [];
  return seenCertificate({ names: names.map((name) => `dns:${name}`) });
}

/** What an error of a proxy in Go that is a client says, beyond the finding. */
export function upstreamParts(
  text: string,
  finding: Finding | null,
): Pick<Observation, "quote" | "certificate"> {
  return { quote: text.slice(0, 300), certificate: mismatchedCertificate(finding) };
}
