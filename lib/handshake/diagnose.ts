import { accepted } from "./accepted-revoked.ts";
import { actionFor } from "./action.ts";
import { clientAlert } from "./alert-received.ts";
import { CAUSES, type Cause } from "./causes.ts";
import { clientLeft } from "./client-left.ts";
import { clientRefused } from "./client-refused.ts";
import { withClock } from "./clock-ahead.ts";
import { cannotTell, type Diagnosis, type Evidence, oneOf, type Verdict } from "./diagnosis.ts";
import { contextOf, type DiagnosisContext } from "./diagnosis-context.ts";
import { spoken, wasOver } from "./event-time.ts";
import type { InventoryView, KnownCertificate, ProxyFacts } from "./inventory-view.ts";
import { missingDirective } from "./missing-directive.ts";
import type { Observation } from "./observation.ts";
import { otherReason } from "./other-reason.ts";
import { isPerhapsDenied } from "./perhaps-denied.ts";
import { unsaidReason } from "./unsaid-reason.ts";
import { upstreamAlert, upstreamReason, upstreamRefused } from "./upstream-failed.ts";
import { type WholeHandshake, wholeHandshake } from "./whole-handshake.ts";

/** More would only repeat; the likeliest come first. */
const CANDIDATES_MAX = 3;

/**
 * Why a handshake failed: from the words of its lines *and* from the inventory, since the same words stand for several
 * causes. Certain is only what both leave no doubt about; else the likeliest causes are named, and what would decide.
 *
 * @param observations of the lines of one handshake, in their order; at least one
 * @param inventory what is known of the certificates concerned
 * @param facts what is known of the proxy
 * @param receivedAt when the lines came, in milliseconds; absent when nobody knows
 */
export function diagnose(
  observations: readonly Observation[],
  inventory: InventoryView,
  facts: ProxyFacts,
  receivedAt = Number.POSITIVE_INFINITY,
): Diagnosis {
  const handshake = wholeHandshake(observations);
  const context = contextOf(handshake, inventory, facts);
  const verdict = withClock(perhapsOfRequest(verdictOf(context), handshake), handshake, receivedAt);
  const candidates = [...new Set(verdict.causes)].slice(0, CANDIDATES_MAX);
  const cause = candidates[0] ?? "none";
  const concerned =
    verdict.certificate ?? context.failing?.known ?? context.leaf?.known ?? onlyOne(cause, facts);
  const certificate = concerned?.id ?? null;
  return {
    cause,
    certainty: verdict.certainty,
    candidates,
    evidence: evidenceOf(handshake, [...verdict.known.slice(0, KNOWN_MAX), ...refusedElsewhere(context)]),
    certificate,
    client: clientOf(context, verdict),
    direction: handshake.direction,
    acts: CAUSES[cause].acts,
    action: actionFor(cause, handshake.proxy, targetOf(cause, verdict, context) ?? certificate),
    question: verdict.question ?? null,
    missingDirective: verdict.certainty === "certain" ? null : missingDirective(handshake, facts.version),
  };
}

function verdictOf(context: DiagnosisContext): Verdict {
  const { finding, direction, outcome, observations } = context.handshake;
  if (finding === null && outcome === "accepted") {
    return observations.some(isPerhapsDenied) ? perhapsDenied() : accepted(context);
  }
  if (finding === null) return unsaid(context);
  if (direction === "upstream") {
    if (finding.kind === "verify") return upstreamRefused(finding, context);
    return finding.kind === "alert-received"
      ? upstreamAlert(finding.alert, context)
      : upstreamReason(finding.reason, context);
  }
  if (finding.kind === "verify") return clientRefused(finding, context);
  return finding.kind === "alert-received"
    ? alertOf(finding.alert, context)
    : otherReason(finding.reason, finding.words, context);
}

function perhapsDenied(): Verdict {
  const question = "Was the request refused for its certificate, or for something else?";
  return cannotTell(["none", "client-certificate-missing", "client-certificate-expired"], question);
}

/** Apache writes of a client's alert and of an upstream's the same, and which one it was in lines that may be missing. */
function alertOf(alert: number | null, context: DiagnosisContext): Verdict {
  const verdict = clientAlert(alert, context);
  const { observations } = context.handshake;
  if (observations.some(({ directionAssumed }) => directionAssumed !== true)) return verdict;
  const [likeliest = "server-untrusted"] = verdict.causes;
  const { causes } = upstreamAlert(alert, context);
  return oneOf([likeliest, ...causes], verdict.known, "Was it a client that sent the alert, or an upstream?");
}

/**
 * An answer 401 or 403 to somebody whose certificate is not good, or who has none, may be an application's that asks for
 * something else: a password.
 */
function perhapsOfRequest(verdict: Verdict, { outcome, direction, status }: WholeHandshake): Verdict {
  const isAnswer = direction === "inbound" && outcome === "unknown" && (status === 401 || status === 403);
  if (!isAnswer || verdict.certainty !== "certain" || verdict.causes[0] === "none") return verdict;
  return {
    ...verdict,
    certainty: "one-of",
    causes: [...verdict.causes, "none"],
    question: "Was the request refused for its certificate, or for something else?",
  };
}

/** No line says how it ended, or why. */
function unsaid(context: DiagnosisContext): Verdict {
  const { direction, served, outcome, status } = context.handshake;
  if (direction === "upstream") return upstreamReason("not-said", context);
  if (served !== null) return clientLeft("closed", context);
  if (outcome === "refused") return unsaidReason("", context);
  // Apache writes a request for what came to a port of TLS without any.
  if (status === BAD_REQUEST) return cannotTell(["not-tls", "none"], "Is it a port of TLS?");
  return cannotTell(["none", "server-name-mismatch", "connection-dropped"], "Which lines came after these?");
}

const BAD_REQUEST = 400;

/** Lines that say something first, each but once. */
function evidenceOf({ quote, observations }: WholeHandshake, known: readonly string[]): Evidence[] {
  const quotes = [quote, ...observations.filter(({ finding }) => finding !== null).map((each) => each.quote)];
  const said = [...new Set(quotes)].filter((text) => text !== "").slice(0, QUOTES_MAX);
  return [
    ...said.map((text): Evidence => ({ from: "line", text })),
    ...known.map((text): Evidence => ({ from: "inventory", text })),
  ];
}

/** Whoever mends the certificate of a client that decisions refuse has not mended enough. */
function refusedElsewhere({ leaf, failing, handshake }: DiagnosisContext): string[] {
  const client = leaf?.known?.client ?? failing?.known?.client ?? null;
  if (client?.refused == null || handshake.direction === "upstream") return [];
  const { as, since } = client.refused;
  if (as === "expired" && wasOver(since, handshake) === "no") return [];
  const what =
    as === "expired" ? `is admitted here until ${spoken(since)}` : `is ${as} here since ${spoken(since)}`;
  const { status } = handshake;
  const isDenied = handshake.finding === null && (status === 401 || status === 403);
  return [
    `${client.name} ${what}${isDenied ? `, and its request was answered ${status}` : ""}: decisions refuse it.`,
  ];
}

const QUOTES_MAX = 4;
const KNOWN_MAX = 6;

/** No line describes what went to an upstream, or came from there; but there may be only one that it can have been. */
function onlyOne(cause: Cause, facts: ProxyFacts): KnownCertificate | null {
  const possible = cause.startsWith("proxy-certificate-")
    ? facts.ownCertificates
    : cause.startsWith("upstream-")
      ? facts.upstreamCertificates
      : [];
  return possible.length === 1 ? (possible[0] ?? null) : null;
}

/** The certificate that is to be renewed, rotated, downloaded: not always the one that failed. */
function targetOf(cause: Cause, { target }: Verdict, { leaf }: DiagnosisContext): string | null {
  // A revoked authority is left: its clients need other certificates.
  if (cause === "authority-revoked") return leaf?.known?.id ?? null;
  return target?.id ?? null;
}

/** Whom the certificate belongs to; else the name in it. */
function clientOf({ leaf, failing, handshake }: DiagnosisContext, verdict: Verdict): Diagnosis["client"] {
  if (handshake.direction === "upstream") return null;
  const presented = leaf ?? (failing?.known?.isAuthority === false ? failing : null);
  const known = presented?.known ?? foundOut(verdict);
  if (known?.client != null) return { id: known.client.id, name: known.client.name };
  const name = known?.name ?? presented?.seen.commonName ?? presented?.seen.subject;
  return name == null ? null : { id: null, name };
}

/** A client's certificate that the line does not describe, but that can be no other. */
function foundOut({ causes: [cause], certificate }: Verdict) {
  const isClients = cause !== undefined && CAUSES[cause].acts === "client";
  return isClients && certificate?.isAuthority === false ? certificate : null;
}
