import { createRoute, z } from "@hono/zod-openapi";
import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { AskedAllowlist } from "#lib/access/allowlist/allowlist-files.ts";
import { ALLOWLIST_FORMATS, isAllowlistFormat } from "#lib/access/allowlist/allowlist-format.ts";
import type { Allowlists } from "#lib/access/allowlist/allowlists.ts";
import { reportLiveVersion } from "#lib/access/allowlist/proxy-file.ts";
import type { KnownProxy } from "#lib/access/known-proxies.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { isUnchanged } from "#lib/protocol/conditional.ts";
import { jsonOf, readBody } from "#lib/protocol/request-body.ts";

/** The longest time for which an answer may be waited for, in seconds. */
const WAIT_SECONDS_MAX = 60;

const FILE = "allowlist.{format}";

const fileRoute = createRoute({
  method: "get",
  operationId: "getAllowlist",
  path: `/v1/services/{service}/${FILE}`,
  summary: "Fetch whom a service lets in, for a proxy that decides itself",
  description:
    "The decision expanded over the inventory: each certificate that may enter, keyed by what this kind of proxy can see of it. For proxies of the service, with their token or certificate. A new version is made by itself whenever a client, a certificate, a revocation or the time changes it; the version never goes down. With If-None-Match and wait the answer comes as soon as there is another version, else 304. What a format cannot express is left out and listed in the file's head.",
  security: [{ proxy: [] }],
  request: {
    params: z.object({
      service: z.string().openapi({ description: "Short name." }),
      format: z.enum(ALLOWLIST_FORMATS),
    }),
    query: z.object({
      wait: z
        .string()
        .optional()
        .openapi({ description: `Seconds, at most ${WAIT_SECONDS_MAX}.` }),
    }),
  },
  responses: {
    200: {
      description:
        "The file, signed: by the key of this port, whose certificate chains to the bundle servers.",
      headers: z.object({
        ETag: z.string(),
        "X-Countersign-Allowlist-Version": z.string(),
        "X-Countersign-Signature": z
          .string()
          .openapi({ description: "Base64 of an ECDSA signature with SHA-256 over the whole body." }),
        "X-Countersign-Certificate": z
          .string()
          .openapi({ description: "Base64 of the certificate (DER) whose key signed." }),
      }),
      content: { "text/plain": { schema: z.string() }, "application/json": { schema: z.unknown() } },
    },
    304: { description: "It is what If-None-Match says." },
    ...PROBLEM_RESPONSES,
  },
});

const liveSchema = z.object({ version: z.int().min(1) });

const liveRoute = createRoute({
  method: "put",
  operationId: "reportAllowlist",
  path: `/v1/services/{service}/${FILE}/live`,
  summary: "Report which version of an allowlist a proxy has in use",
  description: "To be sent when the proxy has loaded it. For proxies, with their token or certificate.",
  security: [{ proxy: [] }],
  request: {
    params: z.object({ service: z.string(), format: z.enum(ALLOWLIST_FORMATS) }),
    body: { required: true, content: { "application/json": { schema: liveSchema } } },
  },
  responses: { 204: { description: "It is noted." }, ...PROBLEM_RESPONSES },
});

/** Allowlists for proxies that decide themselves: these prove who they are otherwise than users of the REST API. */
export function allowlistRoutes(
  application: ProtocolApplication,
  { installation }: ProtocolContext,
  allowlists: Allowlists,
): void {
  application.openAPIRegistry.registerComponent("securitySchemes", "proxy", {
    type: "http",
    scheme: "bearer",
    description: "The token that a proxy was given when it was connected, or the certificate it was given.",
  });
  application.openAPIRegistry.registerPath(fileRoute);
  application.get("/v1/services/:service/:file{allowlist\\.[^/]*}", async (c) => {
    const proxy = await allowlists.proxies.find(c.env.incoming);
    const asked = askedFor(allowlists.access, proxy, c.req.param("service"), c.req.param("file"));
    const header = (name: string) => c.req.header(name);
    const has = (etag: string) => isUnchanged(header, { etag, lastModified: null });
    const seconds = waitSeconds(c.req.query("wait"));
    const file = await allowlists.watch.next(asked, has, seconds * 1000, c.req.raw.signal);
    if (proxy !== null) allowlists.fetches.note(proxy.id, asked, file.version);
    const headers: Record<string, string> = {
      ETag: file.etag,
      "Cache-Control": "no-store",
      "X-Countersign-Allowlist-Version": String(file.version),
    };
    const { staleSince } = allowlists.access;
    if (staleSince !== null) headers["X-Countersign-Snapshot-Since"] = staleSince.toISOString();
    if (has(file.etag)) return c.body(null, 304, headers);
    const { signature, certificate } = await allowlists.signature(file);
    headers["X-Countersign-Signature"] = signature;
    headers["X-Countersign-Certificate"] = certificate;
    headers["Content-Type"] = file.type;
    headers["Content-Length"] = String(file.size);
    return c.body(streamOf(file.pieces), 200, headers);
  });

  application.openAPIRegistry.registerPath(liveRoute);
  application.put("/v1/services/:service/:file{allowlist\\.[^/]*}/live", async (c) => {
    const proxy = await allowlists.proxies.find(c.env.incoming);
    const asked = askedFor(allowlists.access, proxy, c.req.param("service"), c.req.param("file"));
    const body = jsonOf(await readBody(c.env.incoming));
    const version = typeof body === "object" && body !== null && "version" in body ? body.version : undefined;
    await reportLiveVersion(installation, proxy?.id ?? "", asked, version);
    return c.body(null, 204);
  });
}

/**
 * The service of a proxy that asks about it.
 *
 * @throws DomainError `unauthenticated`, `forbidden`
 */
export function serviceOfProxy(
  access: AccessSnapshot,
  proxy: KnownProxy | null,
  service: string,
): { serviceId: string; proxyId: string } {
  if (proxy === null) {
    throw new DomainError(
      "unauthenticated",
      "This needs a proxy's token in the header Authorization: Bearer csp_…, or its certificate.",
    );
  }
  if (!proxy.services.has(service)) {
    throw new DomainError("forbidden", `${service} is no service of this proxy.`);
  }
  return { serviceId: access.serviceId(service), proxyId: proxy.id };
}

/** @throws DomainError `unauthenticated`, `forbidden`, `notFound` */
function askedFor(
  access: AccessSnapshot,
  proxy: KnownProxy | null,
  service: string,
  file: string,
): AskedAllowlist {
  const { serviceId } = serviceOfProxy(access, proxy, service);
  const format = file.slice("allowlist.".length);
  if (!isAllowlistFormat(format)) {
    throw new DomainError(
      "notFound",
      `Allowlists end in ${ALLOWLIST_FORMATS.map((each) => `.${each}`).join(", ")}.`,
    );
  }
  return { service, serviceId, format };
}

function waitSeconds(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,3}$/.test(text) || Number(text) > WAIT_SECONDS_MAX) {
    throw malformed(
      "wait",
      "allowlist.wait",
      `wait is a whole number of seconds, at most ${WAIT_SECONDS_MAX}.`,
    );
  }
  return Number(text);
}

/** Piece by piece: a long file is not copied for each proxy that takes it. */
function streamOf(pieces: readonly Buffer[]): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const piece = pieces[at++];
      if (piece === undefined) controller.close();
      else controller.enqueue(new Uint8Array(piece.buffer, piece.byteOffset, piece.length));
    },
  });
}
