import type { Fetched } from "#lib/authority/allowed-fetch.ts";
import type { FetchFault } from "#lib/authority/fetch-connection.ts";

/** What a client would make of an address that is printed in a certificate. */
export type VerifierConclusion =
  | "good"
  /** Nothing was answered. */
  | FetchFault
  /** The certificate names no address of this kind, so clients do not ask. */
  | "not-printed"
  | "http-status"
  | "content-type"
  | "redirected"
  /** PEM, or a page of somebody else. */
  | "not-der"
  | "wrong-issuer"
  | "wrong-signer"
  | "expired"
  | "not-yet-valid"
  /** Older than what this installation publishes: something in between kept it. */
  | "stale"
  /** Newer: another installation answers. */
  | "other-installation"
  /** Another status than is recorded here. */
  | "wrong-status"
  | "responder-error";

/** Whether clients can work with what is there. */
export type VerifierVerdict = "good" | "doubtful" | "bad";

/** One finding. */
export interface Finding {
  conclusion: VerifierConclusion;
  verdict: VerifierVerdict;
  /** One sentence: what a client would conclude, and what mends it. */
  detail: string;
}

/** What was seen, for whoever looks for the cause. */
export interface Evidence {
  label: string;
  value: string;
}

export const bad = (conclusion: VerifierConclusion, detail: string): Finding => ({
  conclusion,
  verdict: "bad",
  detail,
});

export const doubtful = (conclusion: VerifierConclusion, detail: string): Finding => ({
  conclusion,
  verdict: "doubtful",
  detail,
});

export const good = (detail: string): Finding => ({ conclusion: "good", verdict: "good", detail });

/** Headers that tell who answered, and what is in between (RFC 9110 §7.6.3, RFC 9111 §5.1, RFC 9211). */
const TELLING_HEADERS = [
  "content-type",
  "server",
  "via",
  "age",
  "x-cache",
  "cache-status",
  "location",
] as const;

const VALUE_MAX = 200;

/** What can be said of an answer whatever is in it. */
export function evidenceOf(fetched: Fetched): Evidence[] {
  if (!fetched.ok) return [];
  const told: Evidence[] = [{ label: "HTTP status", value: String(fetched.status) }];
  for (const name of TELLING_HEADERS) {
    const value = fetched.headers[name];
    if (typeof value === "string") told.push({ label: name, value: value.slice(0, VALUE_MAX) });
  }
  told.push({ label: "Size", value: `${fetched.body.length} bytes` });
  return told;
}

/** The finding when nothing was answered. @param what was asked for, as in "the CRL" */
export function failureFinding({ fault, detail }: Fetched & { ok: false }, what: string): Finding {
  return bad(fault, `Clients do not get ${what}: ${detail}`);
}

/** The finding of an answer whose status says that it cannot hold what was asked for; null when it may. */
export function statusFinding({ status }: Fetched & { ok: true }, what: string): Finding | null {
  if (status === 200) return null;
  if (status === 404) {
    return bad(
      "http-status",
      `The server that answers at this address does not know ${what} (404): the name may lead to another server, or a proxy in front changes the path.`,
    );
  }
  if (status >= 300 && status < 400) {
    return bad("http-status", `Clients are led elsewhere (${status}) where ${what} should be.`);
  }
  return bad("http-status", `Clients do not get ${what}: the server answers with the status ${status}.`);
}

/** Whether the body is a document at all: DER of these kinds begins with a SEQUENCE. */
export function notDerFinding(body: Uint8Array, what: string): Finding | null {
  if (body[0] === 0x30) return null;
  const text = Buffer.from(body.subarray(0, 200)).toString("latin1");
  if (text.includes("-----BEGIN")) {
    return bad("not-der", `${what} is in PEM here; clients read DER only (RFC 5280 §4.2.1.13).`);
  }
  if (/<(!doctype|html|head|body)/i.test(text)) {
    return bad(
      "not-der",
      `A web page is answered instead of ${what.toLowerCase()}: another server, or a sign-in page in between.`,
    );
  }
  return bad("not-der", `What is answered is not DER, so it is not ${what.toLowerCase()}.`);
}

/** What most clients pass over and strict ones do not. */
export function mediaTypeFinding(fetched: Fetched & { ok: true }, expected: string): Finding | null {
  const type = (fetched.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === expected) return null;
  return doubtful(
    "content-type",
    `It is sent as ${type === "" ? "nothing in particular" : type} instead of ${expected}; some clients refuse that.`,
  );
}

/** Not every client follows. @param url that was asked for */
export function redirectFinding(fetched: Fetched & { ok: true }, url: string): Finding | null {
  if (fetched.url === url) return null;
  return doubtful("redirected", "The address leads on to another one; not every client follows.");
}
