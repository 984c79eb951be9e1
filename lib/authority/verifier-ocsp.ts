import type { Fetched } from "#lib/authority/allowed-fetch.ts";
import {
  bad,
  doubtful,
  type Evidence,
  evidenceOf,
  type Finding,
  failureFinding,
  good,
  mediaTypeFinding,
  notDerFinding,
  statusFinding,
} from "#lib/authority/verifier-conclusion.ts";
import { addSeconds } from "#lib/clock.ts";
import { DomainError } from "#lib/errors.ts";
import type { CertIdIssuer } from "#lib/x509/ocsp-cert-id.ts";
import { checkOcspAnswer, type OcspProblem } from "#lib/x509/ocsp-response-check.ts";
import {
  type OcspAnswer,
  type ParsedOcspResponse,
  readOcspResponse,
} from "#lib/x509/ocsp-response-reader.ts";

/** With what an OCSP answer is compared. */
export interface ExpectedStatus {
  issuer: CertIdIssuer;
  /** Lower-case hex. */
  serial: string;
  status: "good" | "revoked";
  /** Of the request; null when none was sent. */
  nonce: Uint8Array | null;
  now: Date;
}

/** Clocks differ by so much without harm; OpenSSL allows as many seconds. */
const SKEW_SECONDS = 300;

/** What a client would conclude of the responder at an address. */
export function concludeOcsp(
  fetched: Fetched,
  expected: ExpectedStatus,
): { finding: Finding; evidence: Evidence[] } {
  const evidence = evidenceOf(fetched);
  if (!fetched.ok) return { finding: failureFinding(fetched, "OCSP answers"), evidence };
  const early = statusFinding(fetched, "OCSP answers") ?? notDerFinding(fetched.body, "An OCSP answer");
  if (early !== null) return { finding: early, evidence };
  const response = readable(fetched.body);
  if (response === null) {
    return { finding: bad("not-der", "Clients cannot read what is answered as an OCSP answer."), evidence };
  }
  if (response.status !== "successful") {
    evidence.push({ label: "OCSP status", value: response.status });
    const detail = `The responder refuses to answer (${response.status}): it may be that of another installation.`;
    return { finding: bad("responder-error", detail), evidence };
  }
  const finding =
    answerFinding(response.answer, expected, evidence) ??
    mediaTypeFinding(fetched, "application/ocsp-response") ??
    good(`Clients get a signed answer: the certificate is ${expected.status}.`);
  return { finding, evidence };
}

const PROBLEMS: Record<OcspProblem, string> = {
  "unknown-responder": "somebody signed it who is neither the authority nor its delegate",
  "foreign-delegate": "the certificate of who signed it is not by this authority",
  "no-ocsp-signing": "the certificate of who signed it is not for OCSP",
  "delegate-expired": "the certificate of who signed it has expired",
  "bad-signature": "its signature does not hold",
};

function answerFinding(
  answer: OcspAnswer,
  { issuer, serial, status, nonce, now }: ExpectedStatus,
  evidence: Evidence[],
): Finding | null {
  const trust = checkOcspAnswer(answer, issuer, now);
  if (!trust.isTrusted) {
    return bad("wrong-signer", `Clients do not believe the OCSP answer: ${PROBLEMS[trust.problem]}.`);
  }
  const single = answer.responses.find(({ certId }) => certId.serial === serial);
  if (single === undefined) {
    return bad("wrong-status", "The OCSP answer is about another certificate than the one asked for.");
  }
  evidence.push(
    { label: "Status", value: single.status.kind },
    { label: "thisUpdate", value: single.thisUpdate.toISOString() },
    { label: "nextUpdate", value: single.nextUpdate?.toISOString() ?? "none" },
    {
      label: "Nonce",
      value: nonce === null ? "not asked" : hasNonce(answer, nonce) ? "repeated" : "not repeated",
    },
  );
  if (single.thisUpdate > addSeconds(now, SKEW_SECONDS)) {
    return bad("not-yet-valid", "The OCSP answer is valid in the future only: a clock is wrong.");
  }
  if (single.nextUpdate !== null && single.nextUpdate <= now) {
    return bad("expired", "The OCSP answer has expired: a cache in between answers with an old one.");
  }
  if (single.status.kind !== status) {
    return nonce === null
      ? doubtful(
          "stale",
          `The OCSP answer says ${single.status.kind}, and here it is recorded as ${status}: a cache in between answers with an older one.`,
        )
      : bad(
          "wrong-status",
          `The OCSP answer says ${single.status.kind}, and here it is recorded as ${status}.`,
        );
  }
  if (nonce !== null && answer.nonce !== null && !hasNonce(answer, nonce)) {
    return bad(
      "stale",
      "The OCSP answer repeats another nonce than was sent: it was kept from somebody else's request.",
    );
  }
  return null;
}

function hasNonce({ nonce }: OcspAnswer, sent: Uint8Array): boolean {
  return nonce !== null && Buffer.compare(nonce, sent) === 0;
}

function readable(octets: Uint8Array): ParsedOcspResponse | null {
  try {
    return readOcspResponse(octets);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
