import { lookup } from "node:dns/promises";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { mayConnect } from "#lib/authority/fetch-address.ts";
import { type ConnectionAnswer, type FetchFault, requestAt } from "#lib/authority/fetch-connection.ts";
import { spokenSize } from "#lib/inventory/import-limits.ts";

/**
 * Fetches over http or https from addresses that somebody else wrote down: in a certificate, or in a form. Each
 * name is resolved once and the connection goes to the address that was checked, so that a name which resolves
 * otherwise a moment later leads nowhere. Everything is bounded in time and size.
 */

export interface FetchOptions {
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** For name resolution, all redirects and the whole body. */
  milliseconds: number;
  bytesMax: number;
  /** Addresses and ranges beyond the public ones, from the setting COUNTERSIGN_FETCH_RANGES. */
  allowed: readonly string[];
  /** URLs of ours: what has the scheme, host and port of one of them may be anywhere and on any port. */
  ownUrls?: readonly string[];
  /** How names become addresses; the system's way when absent. */
  resolve?: (host: string) => Promise<readonly string[]>;
}

/** What came of a fetch. A failure has one sentence that tells nothing of the inside of this network. */
export type Fetched =
  | {
      ok: true;
      status: number;
      headers: IncomingHttpHeaders;
      body: Buffer;
      /** Where it was found, after redirects. */
      url: string;
      milliseconds: number;
    }
  | { ok: false; fault: FetchFault; detail: string; milliseconds: number };

const REDIRECTS_MAX = 3;

/** Addresses of a name that are tried, one after the other. */
const ADDRESSES_MAX = 3;

/** Longer URLs are in no certificate. */
const URL_LENGTH_MAX = 2_000;

const REDIRECTIONS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches a URL. Redirects of a GET are followed, each judged like the first address.
 *
 * @param url http or https, without a user name or password in it
 */
export async function allowedFetch(url: string, options: FetchOptions): Promise<Fetched> {
  const begun = performance.now();
  const elapsed = () => Math.round(performance.now() - begun);
  const deadline = begun + options.milliseconds;
  let at = url;
  for (let redirects = 0; ; redirects++) {
    const answer = await fetchOnce(at, options, deadline);
    if (!answer.ok) return { ...answer, milliseconds: elapsed() };
    const { location } = answer.headers;
    const isRedirect = REDIRECTIONS.has(answer.status) && location !== undefined;
    if (!isRedirect || options.method === "POST") return { ...answer, url: at, milliseconds: elapsed() };
    if (redirects === REDIRECTS_MAX) {
      const detail = `The address leads on to others more than ${REDIRECTS_MAX} times.`;
      return { ok: false, fault: "redirects", detail, milliseconds: elapsed() };
    }
    // What cannot be parsed is refused as an address in the next round.
    at = URL.canParse(location, at) ? new URL(location, at).href : location;
  }
}

/** Whether an address could be fetched at all. @returns why not, or null */
export function urlRefusal(text: string): string | null {
  if (text.length > URL_LENGTH_MAX) return `The address is longer than ${URL_LENGTH_MAX} characters.`;
  if (!URL.canParse(text)) return "The address is not a URL.";
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return "Only http and https addresses are fetched.";
  }
  if (url.username !== "" || url.password !== "")
    return "An address with a user name or password is not fetched.";
  return null;
}

type Step = ConnectionAnswer;

async function fetchOnce(text: string, options: FetchOptions, deadline: number): Promise<Step> {
  const refusal = urlRefusal(text);
  if (refusal !== null) return { ok: false, fault: "url", detail: refusal };
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = await addressesOf(host, options, deadline);
  if (!Array.isArray(addresses)) return addresses;
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  const own = (options.ownUrls ?? []).some(
    (each) => URL.canParse(each) && new URL(each).origin === url.origin,
  );
  const allowed = addresses.filter((address) => mayConnect(address, port, { allowed: options.allowed, own }));
  if (allowed.length === 0) return { ok: false, fault: "forbidden", detail: FORBIDDEN };
  let answer: Step = { ok: false, fault: "forbidden", detail: FORBIDDEN };
  for (const address of allowed.slice(0, ADDRESSES_MAX)) {
    answer = await requestAt(url, address, { ...options, deadline, tooLarge: tooLarge(options.bytesMax) });
    // Another address of the name may answer where this one does not; what answered badly is not asked again.
    if (answer.ok || (answer.fault !== "refused" && answer.fault !== "unreachable")) return answer;
  }
  return answer;
}

const FORBIDDEN =
  "The address leads to a place or a port that is not fetched from. Ports 80 and 443 of public addresses are; the setting COUNTERSIGN_FETCH_RANGES names others.";

const tooLarge = (bytesMax: number) => `The answer is larger than ${spokenSize(bytesMax)}.`;

async function addressesOf(
  host: string,
  { resolve = systemResolve }: FetchOptions,
  deadline: number,
): Promise<string[] | Extract<Step, { ok: false }>> {
  // The URL parser has made one form of all the ways to write an address: decimal, octal, hexadecimal.
  if (isIP(host) !== 0) return [host];
  const unknown = {
    ok: false,
    fault: "name",
    detail: `The name ${host} could not be resolved: it may be misspelt, or not exist in the DNS that this server asks.`,
  } as const;
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), Math.max(0, deadline - performance.now()));
  });
  try {
    const addresses = await Promise.race([resolve(host), patience]);
    if (addresses === null)
      return { ...unknown, fault: "timeout", detail: "The DNS did not answer in time." };
    return addresses.length === 0 ? unknown : [...addresses];
  } catch {
    return unknown;
  } finally {
    clearTimeout(timer);
  }
}

async function systemResolve(host: string): Promise<string[]> {
  return (await lookup(host, { all: true, order: "verbatim" })).map(({ address }) => address);
}
