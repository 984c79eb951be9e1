import type { HttpBindings } from "@hono/node-server";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Allowlists } from "#lib/access/allowlist/allowlists.ts";
import type { DecisionParts } from "#lib/access/decision-health.ts";
import type { UseTally } from "#lib/access/use-tally.ts";
import type { Issuer } from "#lib/authority/issuer.ts";
import type { TokenActor } from "#lib/authorization/actor.ts";
import { isDatabaseAway } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Ingest } from "#lib/handshake/ingest.ts";
import { newId } from "#lib/id.ts";
import { authenticateToken, bearerOf } from "#lib/identity/authenticate-token.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { inputError } from "#lib/parse.ts";
import { allowlistRoutes } from "#lib/protocol/allowlist-routes.ts";
import { annotateRoutes } from "#lib/protocol/annotate-routes.ts";
import { authorityRoutes } from "#lib/protocol/authority-routes.ts";
import { bundleRoutes } from "#lib/protocol/bundle-routes.ts";
import { callerRoutes } from "#lib/protocol/caller-routes.ts";
import { certificateListRoutes } from "#lib/protocol/certificate-list-routes.ts";
import { certificateRoutes } from "#lib/protocol/certificate-routes.ts";
import { clientCertificateRoutes } from "#lib/protocol/client-certificate-routes.ts";
import { clientImportRoutes } from "#lib/protocol/client-import-routes.ts";
import { clientRoutes } from "#lib/protocol/client-routes.ts";
import { credentialRoutes } from "#lib/protocol/credential-routes.ts";
import { crlRoutes } from "#lib/protocol/crl-routes.ts";
import { crlSourceRoutes } from "#lib/protocol/crl-source-routes.ts";
import { describeDecision } from "#lib/protocol/decision-description.ts";
import { diagnoseRoutes } from "#lib/protocol/diagnose-routes.ts";
import { edgeProblem, methodsAt } from "#lib/protocol/edge-problem.ts";
import { explainRoute } from "#lib/protocol/explain-route.ts";
import { fetchScriptRoute } from "#lib/protocol/fetch-script-route.ts";
import { grantRoutes } from "#lib/protocol/grant-routes.ts";
import { handshakeRoutes } from "#lib/protocol/handshake-routes.ts";
import { healthRoutes } from "#lib/protocol/health-routes.ts";
import { importRoutes } from "#lib/protocol/import-routes.ts";
import { ingestRoutes } from "#lib/protocol/ingest-routes.ts";
import { countRequest } from "#lib/protocol/metrics.ts";
import { profileRoutes } from "#lib/protocol/profile-routes.ts";
import { proxyRoutes } from "#lib/protocol/proxy-routes.ts";
import { describePublished } from "#lib/protocol/published-descriptions.ts";
import { publishedRoutes } from "#lib/protocol/published-routes.ts";
import { referencePage } from "#lib/protocol/reference-page.ts";
import { revocationRoutes } from "#lib/protocol/revocation-routes.ts";
import { serviceRoutes } from "#lib/protocol/service-routes.ts";
import { reportedUseRoutes } from "#lib/protocol/use-report-routes.ts";
import { problemFrom } from "#lib/web/problem.ts";

/** What every handler finds in its context. */
export interface ProtocolEnvironment {
  Bindings: HttpBindings;
  Variables: {
    requestId: string;
    /** Set for everything under /v1 but its description. */
    actor: TokenActor;
  };
}

export type ProtocolApplication = OpenAPIHono<ProtocolEnvironment>;

/** What the endpoints work with. */
export interface ProtocolContext {
  installation: Installation;
  issuer: Issuer;
  /** What decisions are made on, where they are made. */
  decisions?: DecisionParts;
  /** Where allowlists are served. */
  allowlists?: Allowlists;
  /** Where use is counted, where allowlists are served. */
  use?: Pick<UseTally, "report">;
  /** Where lines of proxies are taken in, where allowlists are served. */
  ingest?: Pick<Ingest, "take">;
}

/**
 * The endpoints of the http port: public by nature, and needed by machines that have no token.
 */
export function publicApplication(context: ProtocolContext): ProtocolApplication {
  const application = newApplication();
  healthRoutes(application, context);
  publishedRoutes(application, context);
  crlRoutes(application, context);
  fetchScriptRoute(application, context);
  return application;
}

/** The endpoints of the https port: the same and the REST API. */
export function protocolApplication(context: ProtocolContext): ProtocolApplication {
  const application = publicApplication(context);
  application.doc31("/v1/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "Countersign",
      version: "1",
      description: "Errors are problem documents (RFC 9457) that name the field and the rule.",
    },
    security: [{ token: [] }],
  });
  application.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "An API token made in the console under Settings, API tokens.",
  });
  application.get("/v1", (context) => context.redirect("/v1/"));
  application.get("/v1/", (c) =>
    c.html(
      referencePage(
        application.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Countersign", version: "1" } }),
      ),
      200,
      {
        "Content-Security-Policy":
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      },
    ),
  );
  handshakeRoutes(application);
  if (context.allowlists !== undefined) {
    allowlistRoutes(application, context, context.allowlists);
    if (context.use !== undefined) reportedUseRoutes(application, context, context.allowlists, context.use);
    if (context.ingest !== undefined) ingestRoutes(application, context.allowlists.proxies, context.ingest);
    describeDecision(application);
  }
  application.use("/v1/*", async (c, next) => {
    const from = c.env.incoming.socket.remoteAddress ?? "";
    const bearer = bearerOf(c.req.header("authorization"));
    const actor = await authenticateToken(context.installation, bearer, from);
    c.set("actor", { ...actor, requestId: c.get("requestId") });
    await next();
  });
  importRoutes(application, context);
  certificateListRoutes(application, context);
  certificateRoutes(application, context);
  annotateRoutes(application, context);
  authorityRoutes(application, context);
  bundleRoutes(application, context);
  profileRoutes(application, context);
  revocationRoutes(application, context);
  crlSourceRoutes(application, context);
  clientRoutes(application, context);
  clientCertificateRoutes(application, context);
  clientImportRoutes(application, context);
  credentialRoutes(application, context);
  grantRoutes(application, context);
  serviceRoutes(application, context);
  proxyRoutes(application, context);
  callerRoutes(application, context);
  explainRoute(application, context);
  diagnoseRoutes(application, context);
  describePublished(application);
  return application;
}

function newApplication(): ProtocolApplication {
  const application = new OpenAPIHono<ProtocolEnvironment>({
    defaultHook(result) {
      if (!result.success) throw inputError(result.error);
    },
  });
  application.use(async (c, next) => {
    const requestId = newId();
    c.set("requestId", requestId);
    c.header("X-Request-Id", requestId);
    c.header("X-Content-Type-Options", "nosniff");
    await next();
    countRequest(c.req.method, c.res.status);
  });
  application.notFound((c) => {
    const methods = methodsAt(application.routes, c.req.path);
    if (methods.length > 0) {
      const detail = `${c.req.path} answers ${methods.join(" and ")} only.`;
      return edgeProblem("methodNotAllowed", detail, c.get("requestId"), { Allow: methods.join(", ") });
    }
    return problem(
      new DomainError("notFound", `There is nothing at ${c.req.path}; /v1/ describes what there is.`),
      c.get("requestId"),
    );
  });
  application.onError((error, c) => problem(error, c.get("requestId")));
  return application;
}

const AWAY = "The database cannot be reached just now; try again in a moment.";

function problem(thrown: unknown, requestId: string): Response {
  const error = isDatabaseAway(thrown) ? new DomainError("unavailable", AWAY, { cause: thrown }) : thrown;
  const document = problemFrom(error, requestId);
  if (error !== thrown) log("protocol").warn({ err: thrown, requestId }, "the database is away");
  if (!(error instanceof DomainError)) log("protocol").error({ err: error, requestId }, "unexpected error");
  const headers: Record<string, string> = {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "X-Request-Id": requestId,
  };
  if (document.status === 401) headers["WWW-Authenticate"] = 'Bearer realm="Countersign"';
  // What was too large is not read to its end.
  if (document.status === 413) headers.Connection = "close";
  if (document.status === 429 || document.status === 503) headers["Retry-After"] = "1";
  return new Response(JSON.stringify(document), { status: document.status, headers });
}
