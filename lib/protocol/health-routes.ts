import { hasAuthorities } from "#lib/authority/founding.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { authorityNotAfter, metrics } from "#lib/protocol/metrics.ts";

/** Liveness, readiness with reasons, and figures for Prometheus. */
export function healthRoutes(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.get("/healthz", (c) => c.text("ok\n"));

  application.get("/readyz", async (c) => {
    const checks = {
      database: await reason(() => installation.database.read.ground.findUniqueOrThrow({ where: { id: 1 } })),
    };
    const setUp = checks.database === "ok" && (await hasAuthorities(installation));
    const body = {
      ready: checks.database === "ok",
      checks: { ...checks, authorities: setUp ? "ok" : "set-up is not finished" },
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
    return c.body(await metrics.metrics(), 200, { "Content-Type": metrics.contentType });
  });
}

async function reason(check: () => Promise<unknown>): Promise<string> {
  try {
    await check();
    return "ok";
  } catch {
    return "cannot be reached";
  }
}
