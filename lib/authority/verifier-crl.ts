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
  redirectFinding,
  statusFinding,
} from "#lib/authority/verifier-conclusion.ts";
import { DomainError } from "#lib/errors.ts";
import type { ParsedCertificate } from "#lib/x509/certificate-reader.ts";
import { type ParsedCrl, readCrl, verifyCrlOnPool } from "#lib/x509/crl-reader.ts";
import { namesEqual } from "#lib/x509/name.ts";

/** With what a fetched CRL is compared. */
export interface ExpectedCrl {
  issuer: ParsedCertificate;
  /** Of the list that this installation published when the other was asked for; 0 before the first. */
  number: bigint;
  /** The same after it had come: one may be published meanwhile. */
  numberAfter: bigint;
  now: Date;
}

/** What a client would conclude of the CRL at an address. */
export async function concludeCrl(
  url: string,
  fetched: Fetched,
  expected: ExpectedCrl,
): Promise<{ finding: Finding; evidence: Evidence[] }> {
  const evidence = evidenceOf(fetched);
  if (!fetched.ok) return { finding: failureFinding(fetched, "the CRL"), evidence };
  const early = statusFinding(fetched, "the CRL") ?? notDerFinding(fetched.body, "The CRL");
  if (early !== null) return { finding: early, evidence };
  const crl = readable(fetched.body);
  if (typeof crl === "string") {
    const detail = `Clients cannot read what is answered as a CRL: ${crl}`;
    return { finding: bad("not-der", detail), evidence };
  }
  evidence.push(
    { label: "CRL number", value: crl.number?.toString() ?? "none" },
    { label: "Number published here", value: expected.numberAfter.toString() },
    { label: "thisUpdate", value: crl.thisUpdate.toISOString() },
    { label: "nextUpdate", value: crl.nextUpdate?.toISOString() ?? "none" },
  );
  const finding =
    (await contentFinding(crl, fetched.headers.age, expected)) ??
    mediaTypeFinding(fetched, "application/pkix-crl") ??
    redirectFinding(fetched, url) ??
    good("Clients get the present CRL, and its signature holds.");
  return { finding, evidence };
}

async function contentFinding(
  crl: ParsedCrl,
  age: string | undefined,
  { issuer, number, numberAfter, now }: ExpectedCrl,
): Promise<Finding | null> {
  if (!namesEqual(crl.issuer, issuer.subject)) {
    return bad(
      "wrong-issuer",
      "The CRL of another issuer is answered: clients refuse it for this certificate.",
    );
  }
  if (!(await verifyCrlOnPool(crl, issuer.spki))) {
    return bad("wrong-signer", "The CRL was not signed by this authority's key: clients refuse it.");
  }
  if (crl.thisUpdate > now) {
    return bad(
      "not-yet-valid",
      "The CRL is valid in the future only: this server's clock, or the other one's, is wrong.",
    );
  }
  const isOlder = crl.number !== null && crl.number < number;
  const between = `A cache in between answers${age === undefined ? "" : `, with what is ${age} s old`}`;
  if (crl.nextUpdate === null || crl.nextUpdate <= now) {
    return bad(
      "expired",
      isOlder
        ? `The CRL has expired, and it is an older one than is published here. ${between}: clients refuse everybody.`
        : "The CRL has expired: clients refuse everybody.",
    );
  }
  if (isOlder) {
    return doubtful(
      "stale",
      `The CRL is an older one than is published here. ${between}: what was revoked since is still accepted by clients that ask at this address.`,
    );
  }
  if (crl.number !== null && crl.number > numberAfter) {
    return bad(
      "other-installation",
      "The CRL has a higher number than this installation ever gave: another one with the same key answers at this address.",
    );
  }
  return null;
}

function readable(octets: Uint8Array): ParsedCrl | string {
  try {
    return readCrl(octets);
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}
