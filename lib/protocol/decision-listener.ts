import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { AskingProxies } from "#lib/access/asking-proxies.ts";
import { type CallerTally, isCallerReason } from "#lib/access/caller-tally.ts";
import { decide } from "#lib/access/decide/decide.ts";
import type { Decision } from "#lib/access/decide/decision.ts";
import type { AccessRequest } from "#lib/access/decide/request.ts";
import { scopesOf } from "#lib/access/decide/scopes.ts";
import type { ClientView } from "#lib/access/decide/snapshot.ts";
import type { DecisionCounts } from "#lib/access/decision-counts.ts";
import { readIdentityHeader } from "#lib/access/identity-header/proxy-header.ts";
import type { KnownProxy } from "#lib/access/known-proxies.ts";
import { PresentedCertificates } from "#lib/access/presented-certificates.ts";
import type { UseTally } from "#lib/access/use-tally.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { AnswersOfTurn } from "#lib/protocol/answers-of-turn.ts";
import {
  type DecisionTarget,
  decisionTarget,
  type ForwardedRequest,
  forwardedRequest,
} from "#lib/protocol/decision-request.ts";
import { headerValues } from "#lib/request-headers.ts";

/** Where it is counted what was decided. */
export interface DecisionTallies {
  use: Pick<UseTally, "note">;
  callers: Pick<CallerTally, "note">;
  counts: Pick<DecisionCounts, "count">;
}

const answers = new AnswersOfTurn();

/**
 * /v1/decision/{service}: may this client pass? Asked by nginx's auth_request, Caddy's forward_auth, Traefik's
 * forwardAuth and Envoy's ext_authz with every request that they serve, so it is answered before any other routing
 * and, once a certificate is known, without waiting for anything.
 *
 * @returns a listener that says whether the request was one for it
 */
export function decisionListener(
  installation: Installation,
  access: AccessSnapshot,
  proxies: AskingProxies,
  tallies: DecisionTallies,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const certificates = new PresentedCertificates(installation, access);
  const decideNow = (
    request: IncomingMessage,
    response: ServerResponse,
    proxy: KnownProxy,
    asked: AccessRequest,
  ) => {
    const snapshot = access.current;
    if (snapshot === null) return;
    const now = installation.clock.now().getTime();
    const decision = decide(snapshot, asked, now);
    const client = decision.client === null ? null : snapshot.client(decision.client);
    const headers = answerHeaders(decision.reason, client, access.staleSince);
    if (decision.permitted && decision.client !== null) {
      const scopes = scopesOf(snapshot, decision.client, asked.service, now);
      if (scopes !== null) headers.push("X-Countersign-Scopes", scopes);
    }
    answer(response, statusOf(decision), headers);
    const place = { serviceId: access.serviceId(asked.service), proxyId: proxy.id };
    tallies.use.note({
      ...place,
      clientId: client?.id ?? "",
      credentialId: decision.credential === null ? "" : snapshot.credentialId(decision.credential),
      permitted: decision.permitted,
      from: request.socket.remoteAddress ?? "",
    });
    const { reason } = decision;
    tallies.counts.count(reason);
    if (!isCallerReason(reason) || typeof asked.certificate === "string") return;
    const { sha256 } = asked.certificate;
    tallies.callers.note({ ...place, sha256, reason, der: () => leafOf(request, proxy) });
  };

  const answerProxy = (
    request: IncomingMessage,
    response: ServerResponse,
    proxy: KnownProxy | null,
    { service, rest }: DecisionTarget,
  ): void | Promise<void> => {
    if (proxy === null) {
      answer(response, 401, ["WWW-Authenticate", "Bearer", "X-Countersign-Reason", "proxy-unknown"]);
      return;
    }
    if (!proxy.services.has(service)) {
      answer(response, 403, ["X-Countersign-Reason", "service-not-of-proxy"]);
      return;
    }
    const forwarded: ForwardedRequest = forwardedRequest(request, proxy.kind, rest);
    const header = headerValues(request, proxy.header).join("\n");
    const known = header === "" ? "absent" : certificates.fromMemory(header);
    if (known !== null) {
      decideNow(request, response, proxy, { service, ...forwarded, certificate: known });
      return;
    }
    return certificates
      .read(header, () => readIdentityHeader(proxy.header, request.headersDistinct))
      .then((certificate) => decideNow(request, response, proxy, { service, ...forwarded, certificate }));
  };

  return (request, response) => {
    const target = decisionTarget(request.url ?? "");
    if (target === null) return false;
    if (access.current === null) {
      // As if nobody listened yet: a proxy that knows another plane asks there, and would take an answer for one.
      request.socket.destroy();
      return true;
    }
    const failed = (error: unknown) => {
      log("access").error({ err: error, service: target.service }, "a decision failed");
      answer(response, 503, ["X-Countersign-Reason", "failed"]);
    };
    try {
      const proxy = proxies.known(request);
      const answering =
        proxy === undefined
          ? proxies.find(request).then((found) => answerProxy(request, response, found, target))
          : answerProxy(request, response, proxy, target);
      answering?.catch(failed);
    } catch (error) {
      failed(error);
    }
    return true;
  };
}

function leafOf({ headersDistinct }: IncomingMessage, { header }: KnownProxy): Uint8Array | null {
  const identity = readIdentityHeader(header, headersDistinct);
  return typeof identity === "string" ? null : identity.leaf;
}

/** Without a certificate there is somebody to be asked for one; with one there is nothing left to ask. */
function statusOf({ permitted, reason }: Decision): number {
  if (permitted) return 200;
  return reason === "certificate-absent" ? 401 : 403;
}

/** What the application behind the proxy may know of the caller. Names are percent-encoded: headers are Latin-1. */
function answerHeaders(
  reason: Decision["reason"],
  client: ClientView | null,
  staleSince: Date | null,
): string[] {
  const headers = ["X-Countersign-Reason", reason];
  if (client !== null) {
    const { id, name } = client;
    headers.push("X-Countersign-Client-Id", id, "X-Countersign-Client-Name", encodeURIComponent(name));
  }
  if (staleSince !== null) headers.push("X-Countersign-Snapshot-Since", staleSince.toISOString());
  return headers;
}

function answer(response: ServerResponse, status: number, headers: string[]): void {
  if (response.headersSent) return;
  response.writeHead(status, [...headers, "Cache-Control", "no-store", "Content-Length", "0"]);
  answers.end(response);
}
