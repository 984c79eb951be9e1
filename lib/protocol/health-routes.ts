import { type DecisionParts, decisionHealth, decisionProblem } from "#lib/access/decision-health.ts";
import { crlHealth, crlProblem } from "#lib/authority/crl-health.ts";
import { crlSourceHealth, crlSourceProblem } from "#lib/authority/crl-source-read.ts";
import { hasAuthorities } from "#lib/authority/founding.ts";
import { ocspProblems } from "#lib/authority/ocsp-health.ts";
import type { Installation } from "#lib/installation.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { showCrls } from "#lib/protocol/crl-metrics.ts";
import { ifDatabaseAnswers } from "#lib/protocol/database-patience.ts";
import { showForeignCrls } from "#lib/protocol/foreign-crl-metrics.ts";
import { authorityNotAfter, metrics } from "#lib/protocol/metrics.ts";

/**
 * Liveness, readiness with reasons, and figures for Prometheus. Whoever asks for decisions looks at
 * /healthz/decisions: without the database a plane is not ready for everything else, and decides all the same.
 */
export function healthRoutes(
  application: ProtocolApplication,
  { installation, decisions }: ProtocolContext,
): void {
  application.get("/healthz", (c) => c.text("ok\n"));

  application.get("/healthz/decisions", (c) =>
    decisions?.access.current == null
      ? c.text("clients and services were not read yet\n", 503)
      : c.text("ok\n"),
  );

  application.get("/readyz", async (c) => {
    const ofDatabase = await ifDatabaseAnswers(databaseInWords(installation)).catch(() => null);
    const checks = {
      ...(ofDatabase ?? {
        database: "cannot be reached",
        ...{ authorities: "unknown", crl: "unknown", ocsp: "unknown", foreignCrls: "unknown" },
      }),
      ...(decisions === undefined ? {} : { decisions: decisionsInWords(installation, decisions) }),
    };
    const ready = ofDatabase !== null;
    return c.json({ ready, checks }, ready ? 200 : 503);
  });

  application.get("/metrics", async (c) => {
    await ifDatabaseAnswers(showWhatIsStored(installation));
    return c.body(await metrics.metrics(), 200, { "Content-Type": metrics.contentType });
  });
}

/**
 * What is wrong with a CRL is said and does not count: whoever sends requests only where it is ready would take OCSP
 * and decisions away with the list, and no other instance has a newer one.
 */
async function databaseInWords(installation: Installation) {
  const unfinished = "set-up is not finished";
  const isSetUp = await hasAuthorities(installation);
  return {
    database: "ok",
    authorities: isSetUp ? "ok" : unfinished,
    crl: isSetUp ? await crlsInWords(installation) : unfinished,
    ocsp: isSetUp ? await ocspInWords(installation) : unfinished,
    foreignCrls: await foreignCrlsInWords(installation),
  };
}

function decisionsInWords(installation: Installation, decisions: DecisionParts): string {
  return decisionProblem(decisionHealth(installation, decisions), installation.clock.now()) ?? "ok";
}

async function showWhatIsStored(installation: Installation): Promise<void> {
  const authorities = await installation.database.read.authority.findMany({
    where: { status: "active" },
    select: { slug: true, certificate: { select: { notAfter: true } } },
  });
  for (const { slug, certificate } of authorities) {
    authorityNotAfter.set({ authority: slug }, certificate.notAfter.getTime() / 1000);
  }
  showCrls(await crlHealth(installation));
  showForeignCrls(await crlSourceHealth(installation));
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
