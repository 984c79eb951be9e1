import type { IncomingMessage, ServerResponse } from "node:http";
import { type OcspAnswer, OcspAnswers, refusal } from "#lib/authority/ocsp-answer.ts";
import type { OcspTally } from "#lib/authority/ocsp-tally.ts";
import type { Installation } from "#lib/installation.ts";
import { isUnchanged } from "#lib/protocol/conditional.ts";
import { afterOcsp, requestInPath } from "#lib/protocol/ocsp-path.ts";
import { SmallBodies } from "#lib/protocol/small-bodies.ts";

/**
 * POST /ocsp and GET /ocsp/{base64} (RFC 6960 appendix A, RFC 5019). Answered before any other routing: the path
 * has to be read as it came, and an answer from memory should cost little more than the exchange itself.
 */

/** A request about one certificate has some 80 octets. */
const REQUEST_BYTES_MAX = 8192;

/**
 * What stands between us and those who ask may keep an answer so long. RFC 5019 §6.2 allows anything up to
 * nextUpdate, but a cache that does so hides a revocation for an hour; with seconds a crowd still costs one request.
 */
const MAX_AGE_SECONDS = 5;

const TYPE = "application/ocsp-response";

/** What clients send, and what simple programs send when nobody told them. */
const REQUEST_TYPES = new Set([
  "",
  "application/ocsp-request",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
]);

/**
 * Answers OCSP requests.
 *
 * @returns a listener that says whether the request was one for it
 */
export function ocspListener(
  installation: Installation,
  tally: OcspTally,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const answers = new OcspAnswers(installation);

  const answer = (request: IncomingMessage, response: ServerResponse, octets: Buffer, isGet: boolean) => {
    const began = performance.now();
    const kept = answers.fromMemory(octets.toString("latin1"));
    if (kept !== null) {
      send(request, response, kept, isGet);
      tally.count(kept, performance.now() - began);
      return;
    }
    // Not looked at before: octets that were understood once are a request under whatever name.
    if (!isGet && !REQUEST_TYPES.has(typeOf(request))) {
      refuse(response, 415, { Accept: "application/ocsp-request" });
      return;
    }
    void answers.answer(octets).then((made) => {
      send(request, response, made, isGet);
      tally.count(made, performance.now() - began);
    });
  };
  const refuseMalformed = (request: IncomingMessage, response: ServerResponse, isGet: boolean) => {
    const malformed = refusal("malformedRequest");
    send(request, response, malformed, isGet);
    tally.count(malformed, 0);
  };

  const bodies = new SmallBodies(REQUEST_BYTES_MAX, {
    whole: (request, response, octets) => answer(request, response, octets, false),
    tooLarge(request, response) {
      // Not read to its end.
      response.setHeader("Connection", "close");
      refuseMalformed(request, response, false);
    },
    tooSlow: (_, response) => refuse(response, 408, {}),
  });

  return (request, response) => {
    const rest = afterOcsp(request.url ?? "");
    if (rest === null) return false;
    switch (request.method) {
      case "POST":
        if (rest === "" || rest === "/") bodies.read(request, response);
        else refuse(response, 404, {});
        return true;
      case "GET":
      case "HEAD": {
        const octets = requestInPath(rest);
        if (octets === null || octets.length > REQUEST_BYTES_MAX) refuseMalformed(request, response, true);
        else answer(request, response, octets, true);
        return true;
      }
      default:
        refuse(response, 405, { Allow: "GET, HEAD, POST" });
        return true;
    }
  };
}

function typeOf(request: IncomingMessage): string {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";", 1);
  return type.trim().toLowerCase();
}

/** An answer as Node sends it with the least work. */
interface Prepared {
  headers: string[];
  /** One character for each octet: text goes out with the headers in one piece. */
  text: string;
}

/** Of answers that are sent again and again. */
const prepared = new WeakMap<OcspAnswer, Prepared>();

function prepare(answer: OcspAnswer): Prepared {
  const known = prepared.get(answer);
  if (known !== undefined) return known;
  const { octets, caching } = answer;
  const headers = ["Content-Type", TYPE, "Content-Length", String(octets.length)];
  headers.push("X-Content-Type-Options", "nosniff");
  const made = { headers, text: octets.toString("latin1") };
  if (caching !== null) prepared.set(answer, made);
  return made;
}

function send(request: IncomingMessage, response: ServerResponse, answer: OcspAnswer, isGet: boolean): void {
  const ready = prepare(answer);
  if (isGet) sendToGet(request, response, answer.caching, ready);
  else response.writeHead(200, ready.headers).end(ready.text, "latin1");
}

/** What may be kept says so. */
function sendToGet(
  request: IncomingMessage,
  response: ServerResponse,
  caching: OcspAnswer["caching"],
  { headers, text }: Prepared,
): void {
  if (caching === null) {
    response.writeHead(200, [...headers, "Cache-Control", "no-store"]).end(text, "latin1");
    return;
  }
  const cached = cachingHeaders(caching);
  // By the entity tag only: two answers of one second differ in nothing that a time could tell.
  const state = { etag: caching.etag, lastModified: null };
  if (isUnchanged((name) => request.headers[name] as string | undefined, state)) {
    response.writeHead(304, cached).end();
    return;
  }
  response.writeHead(200, [...headers, ...cached]).end(text, "latin1");
}

function cachingHeaders({ etag, thisUpdate, nextUpdate }: NonNullable<OcspAnswer["caching"]>): string[] {
  return [
    "Cache-Control",
    `public, no-transform, must-revalidate, max-age=${MAX_AGE_SECONDS}`,
    "ETag",
    etag,
    "Last-Modified",
    thisUpdate.toUTCString(),
    // As RFC 5019 §6.2 has it; max-age overrides it wherever it is known (RFC 9111 §5.3).
    "Expires",
    nextUpdate.toUTCString(),
  ];
}

/** A refusal in the words of HTTP, for what is no OCSP request at all. */
function refuse(response: ServerResponse, status: number, headers: Record<string, string>): void {
  response.writeHead(status, { ...headers, "Content-Length": "0", Connection: "close" }).end();
}
