import type { EventTime } from "./event-time.ts";
import type { Finding, LoggingProxy, Observation, Reason, SeenCertificate } from "./observation.ts";

/** All that the lines of one handshake say together. */
export interface WholeHandshake extends EventTime {
  proxy: LoggingProxy;
  direction: Observation["direction"];
  outcome: Observation["outcome"];
  /** The most telling one. */
  finding: Finding | null;
  /** Of the line with that finding. */
  quote: string;
  leaf: SeenCertificate | null;
  failing: SeenCertificate | null;
  served: NonNullable<Observation["served"]> | null;
  serverName: string | null;
  upstream: string | null;
  tls: Observation["tls"];
  status: number | null;
  /** Every reason that some line gives. */
  reasons: ReadonlySet<Reason>;
  observations: readonly Observation[];
}

/**
 * Takes the lines of one handshake together: several proxies write the fault in one line, the certificate in another,
 * and a third that says nothing but "failed".
 *
 * @param observations of one handshake, in their order; at least one
 */
export function wholeHandshake(observations: readonly Observation[]): WholeHandshake {
  const [first] = observations;
  if (first === undefined) throw new TypeError("a handshake has at least one line");
  const ranked = observations.toSorted((a, b) => telling(b.finding) - telling(a.finding));
  const main = ranked[0] ?? first;
  const timed =
    observations.find(({ at, zone }) => at !== null && zone === "said") ??
    observations.find(({ at }) => at !== null);
  return {
    proxy: main.proxy,
    direction: directionOf(observations),
    outcome: outcomeOf(observations),
    finding: withDepth(main.finding, observations),
    quote: main.quote,
    leaf: certificateOf(observations, "leaf"),
    failing: certificateOf(observations, "failing"),
    served: firstOf(observations, ({ served }) => served ?? null),
    serverName: firstOf(observations, ({ serverName }) => serverName),
    upstream: firstOf(observations, ({ upstream }) => upstream),
    tls: firstOf(observations, ({ tls }) => tls),
    status: firstOf(observations, ({ status }) => status),
    reasons: new Set(
      observations.flatMap(({ finding }) => (finding?.kind === "reason" ? [finding.reason] : [])),
    ),
    observations,
    at: timed?.at ?? null,
    zone: timed?.zone ?? "assumed",
  };
}

/** Reasons that say little, from the least on; all others say it. */
const VAGUE: readonly Reason[] = ["stale-error", "not-said", "closed", "reset", "bad-record", "timed-out"];

/** Apache's "application verification failure": what it was stands in another line. */
const APPLICATION = 50;

/** Whoever says it, the list or the responder was there. */
const REVOKED = 23;

/** How much a finding tells, compared with others of the same handshake. */
function telling(finding: Finding | null): number {
  if (finding === null) return 0;
  if (finding.kind === "alert-received") return finding.alert === null ? 15 : 40;
  if (finding.kind === "reason") {
    // That the responder could not be asked is also said of one whose answer was not liked.
    if (finding.reason.startsWith("ocsp-")) return finding.reason === "ocsp-untrusted" ? 61 : 60;
    const vague = VAGUE.indexOf(finding.reason);
    return vague < 0 ? 45 : 1 + vague;
  }
  if (finding.error === null) return 20;
  if (finding.error === REVOKED) return 62;
  // A depth tells which certificate it was.
  return (finding.error === APPLICATION ? 30 : 50) + (finding.depth === null ? 0 : 1);
}

/** stunnel says in one line what it was, and in the next one how far above the leaf; also of what OCSP found. */
function withDepth(finding: Finding | null, observations: readonly Observation[]): Finding | null {
  if (finding?.kind !== "verify" || finding.depth !== null) return finding;
  for (const { finding: other } of observations)
    if (other?.kind === "verify" && other.error === null && other.depth !== null)
      return { ...finding, depth: other.depth };
  if (finding.error !== REVOKED) return finding;
  for (const { finding: other } of observations)
    if (other?.kind === "reason" && other.depth !== undefined) return { ...finding, depth: other.depth };
  return finding;
}

/** Who was refused by the proxy never got as far as an upstream. */
function directionOf(observations: readonly Observation[]) {
  return observations.some(({ direction }) => direction === "upstream") ? "upstream" : "inbound";
}

function outcomeOf(observations: readonly Observation[]): Observation["outcome"] {
  const outcomes = observations.map(({ outcome }) => outcome);
  return (
    outcomes.find((each) => each === "refused") ?? outcomes.find((each) => each === "accepted") ?? "unknown"
  );
}

/** The one that is described best; further lines fill in what it leaves out. */
function certificateOf(
  observations: readonly Observation[],
  role: SeenCertificate["role"],
): SeenCertificate | null {
  const seen = observations.flatMap(({ certificate }) => (certificate?.role === role ? [certificate] : []));
  const [first] = seen;
  if (first === undefined) return null;
  const best = <Key extends keyof SeenCertificate>(key: Key) =>
    seen.find((each) => each[key] !== null)?.[key] ?? first[key];
  return {
    ...first,
    subject: best("subject"),
    issuer: best("issuer"),
    serial: best("serial"),
    sha1: best("sha1"),
    sha256: best("sha256"),
    notBefore: best("notBefore"),
    notAfter: best("notAfter"),
    names: seen.find(({ names }) => names.length > 0)?.names ?? [],
  };
}

function firstOf<Value>(
  observations: readonly Observation[],
  pick: (observation: Observation) => Value | null,
): Value | null {
  for (const observation of observations) {
    const value = pick(observation);
    if (value !== null) return value;
  }
  return null;
}
