import { crlsOfChain, readChain } from "#lib/authority/crl-chain.ts";
import { type CurrentCrl, currentCrl } from "#lib/authority/crl-current.ts";
import { noteCrlFetch } from "#lib/authority/crl-fetches.ts";
import { crlPem } from "#lib/authority/crl-pem.ts";
import { replacedAt } from "#lib/authority/crl-times.ts";
import { DomainError } from "#lib/errors.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { byteRange } from "#lib/protocol/byte-range.ts";
import { isUnchanged } from "#lib/protocol/conditional.ts";
import { acceptsGzip } from "#lib/protocol/content-encoding.ts";

/**
 * For so long a cache in between may answer without asking, and hide a revocation. Asking costs an answer without
 * a body.
 */
const CACHED_SECONDS = 60;

/** Below this an answer fits into one packet, compressed or not. */
const COMPRESSED_FROM = 1_400;

type Header = (name: string) => string | undefined;

/** The CRLs that relying parties fetch without a token (RFC 5280 §4.2.1.13, RFC 2585). */
export function crlRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.get("/crl/:file", async (c) => {
    const [, slug = "", ending] = /^(.+)\.(crl|pem)$/.exec(c.req.param("file")) ?? [];
    const header: Header = (name) => c.req.header(name);
    if (ending === "crl") {
      const crl = await currentCrl(installation, slug);
      const now = installation.clock.now();
      const servableCrl = servable(crl, slug, now);
      noteCrlFetch(installation, `${slug}.crl`, header("user-agent"));
      const { body, status, headers } = await answer(servableCrl, now, header);
      return c.newResponse(body, status, headers);
    }
    if (ending === undefined) throw notFound();
    const chain = await crlsOfChain(installation, slug);
    noteCrlFetch(installation, `${slug}.pem`, header("user-agent"));
    const headers = {
      "Cache-Control": cacheControl(chain, installation.clock.now()),
      ETag: chain.etag,
      // No Last-Modified: a list that takes the place of another, or joins, may be older than the newest here.
      "X-Countersign-Crl-Numbers": chain.crls
        .map(({ label, number }) => `${label}=${number ?? ""}`)
        .join(", "),
    };
    if (isUnchanged(header, { ...chain, lastModified: null })) return c.body(null, 304, headers);
    return c.body(streamOf(crlPem(await readChain(chain))), 200, {
      "Content-Type": "application/x-pem-file",
      ...headers,
    });
  });
}

/** @throws DomainError `unavailable`: an old list is worse than none, because nobody could tell that it is old */
function servable(crl: CurrentCrl | null, slug: string, now: Date): CurrentCrl {
  if (crl === null) throw new DomainError("unavailable", `The authority ${slug} has published no CRL yet.`);
  if (crl.nextUpdate > now) return crl;
  const ended = crl.nextUpdate.toISOString();
  throw new DomainError("unavailable", `The CRL of ${slug} expired at ${ended} and is not served any more.`);
}

interface Answer {
  body: Uint8Array<ArrayBuffer> | null;
  status: 200 | 206 | 304 | 416;
  headers: Record<string, string>;
}

/** The DER of a CRL, whole, compressed, in part, or not at all when the caller has it. */
async function answer(crl: CurrentCrl, now: Date, header: Header): Promise<Answer> {
  const headers: Record<string, string> = {
    // RFC 2585 §4.2: DER, application/pkix-crl.
    "Content-Type": "application/pkix-crl",
    "Cache-Control": cacheControl(crl, now),
    "Last-Modified": crl.lastModified.toUTCString(),
    "Accept-Ranges": "bytes",
    Vary: "Accept-Encoding",
  };
  const { der, lastModified } = crl;
  const range = isStillThat(header("if-range"), crl) ? byteRange(header("range"), der.length) : null;
  const compressed =
    range === null && der.length >= COMPRESSED_FROM && acceptsGzip(header("accept-encoding"))
      ? await crl.gzip()
      : null;
  // Another representation has another strong tag (RFC 9110 §8.8.3.3).
  const etag = compressed === null ? crl.etag : crl.etag.replace(/"$/, '-gzip"');
  headers.ETag = etag;
  if (isUnchanged(header, { etag, lastModified })) return { body: null, status: 304, headers };
  if (range === "unsatisfiable") {
    headers["Content-Range"] = `bytes */${der.length}`;
    return { body: null, status: 416, headers };
  }
  if (range !== null) {
    headers["Content-Range"] = `bytes ${range.first}-${range.last}/${der.length}`;
    return sent(der.subarray(range.first, range.last + 1), 206, headers);
  }
  if (compressed === null) return sent(der, 200, headers);
  return sent(compressed, 200, { ...headers, "Content-Encoding": "gzip" });
}

function sent(body: Uint8Array<ArrayBuffer>, status: 200 | 206, headers: Record<string, string>): Answer {
  // Said here, because an answer to HEAD has no body to tell it from.
  return { body, status, headers: { ...headers, "Content-Length": String(body.length) } };
}

/** Whether a part may be joined to what the caller has (RFC 9110 §13.1.5): a strong tag, or the exact time. */
function isStillThat(ifRange: string | undefined, { etag, lastModified }: CurrentCrl): boolean {
  return ifRange === undefined || ifRange === etag || ifRange === lastModified.toUTCString();
}

/** Never kept past the time at which the list is replaced, and never used past its end. */
function cacheControl(
  { lastModified, nextUpdate }: { lastModified: Date; nextUpdate: Date },
  now: Date,
): string {
  const until = (time: Date) => Math.floor((time.getTime() - now.getTime()) / 1000);
  const replaced = replacedAt({ createdAt: lastModified, nextUpdate }, Infinity);
  const seconds = Math.max(0, Math.min(CACHED_SECONDS, until(replaced), until(nextUpdate)));
  return `public, max-age=${seconds}, must-revalidate`;
}

function streamOf(pieces: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

const notFound = () =>
  new DomainError(
    "notFound",
    "CRLs are at /crl/{authority}.crl, those of a whole chain or bundle at /crl/{authority or bundle}.pem.",
  );
