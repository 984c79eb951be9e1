import { crlHealth, crlProblem } from "#lib/authority/crl-health.ts";
import { crlSourceHealth, crlSourceProblem } from "#lib/authority/crl-source-read.ts";
import { hasAuthorities } from "#lib/authority/founding.ts";
import { ocspProblems } from "#lib/authority/ocsp-health.ts";
import type { Installation } from "#lib/installation.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { showCrls } from "#lib/protocol/crl-metrics.ts";
import { showForeignCrls } from "#lib/protocol/foreign-crl-metrics.ts";
import { authorityNotAfter, metrics } from "#lib/protocol/metrics.ts";

/** Liveness, readiness with reasons, and figures for Prometheus. */
export function healthRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.get("/healthz", (c) => c.text("ok\n"));

  application.get("/readyz", async (c) => {
    const checks = {
      database: await reason(() => installation.database.read.ground.findUniqueOrThrow({ where: { id: 1 } })),
    };
    const setUp = checks.database === "ok" && (await hasAuthorities(installation));
    // What is wrong with a CRL is said and does not count: whoever sends requests only where it is ready would
    // take OCSP and decisions away with the list, and no other instance has a newer one.
    const crl = setUp ? await crlsInWords(installation) : "set-up is not finished";
    const ocsp = setUp ? await ocspInWords(installation) : "set-up is not finished";
    const foreignCrls = checks.database === "ok" ? await foreignCrlsInWords(installation) : "unknown";
    const body = {
      ready: checks.database === "ok",
      checks: { ...checks, authorities: setUp ? "ok" : "set-up is not finished", crl, ocsp, foreignCrls },
    };
    return c.json(body, body.ready ? 200 : 503);
  });

  application.get("/metrics", async (c) => {
    const authorities = await installation.database.read.authority.findMany({
      where: { status: "active" },
      select: { slug: true, certificate: { select: { notAfter: true } } },
    });
    for (const { slug, certificate } of authorities) {
      authorityNotAfter.set({ authority: slug }, certificate.notAfter.getTime() / 1000);
    }
    showCrls(await crlHealth(installation));
    showForeignCrls(await crlSourceHealth(installation));
    return c.body(await metrics.metrics(), 200, { "Content-Type": metrics.contentType });
  });
}

async function crlsInWords(installation: Installation): Promise<string> {
  const problems = (await crlHealth(installation)).map(crlProblem).filter((problem) => problem !== null);
  return problems.length === 0 ? "ok" : problems.join("; ");
}

async function ocspInWords(installation: Installation): Promise<string> {
  const problems = await ocspProblems(installation);
  return problems.length === 0 ? "ok" : problems.join("; ");
}

async function foreignCrlsInWords(installation: Installation): Promise<string> {
  const problems = (await crlSourceHealth(installation)).flatMap((source) => crlSourceProblem(source) ?? []);
  return problems.length === 0 ? "ok" : problems.join("; ");
}

async function reason(check: () => Promise<unknown>): Promise<string> {
  try {
    await check();
    return "ok";
  } catch {
    return "cannot be reached";
  }
}
