import type {
  ConcernedCertificate,
  PasteAnswer,
  PastedDiagnosis,
} from "#components/failures/pasted-diagnosis.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { type DiagnosedHandshake, diagnoseLines } from "#lib/handshake/diagnose-lines.ts";
import type { ReadLines } from "#lib/handshake/read-lines.ts";
import type { Installation } from "#lib/installation.ts";
import { remedyFacts } from "../remedy/facts.ts";

/** Ways of failing that are told; more belong to where logs are sent. */
const TOLD_MAX = 50;

/** Lines of one handshake that are shown. */
const LINES_MAX = 20;

/** Whose lines they are. */
export interface PasteOrigin {
  proxy: string;
  /** Short name of the trust bundle that the proxy loads; empty when nobody says. */
  bundle: string;
}

/** What became of handshakes of which lines were pasted: those that failed in the same way together, with what mends them. */
export async function diagnosePasted(
  here: Installation,
  actor: UserActor,
  { lines, cut }: ReadLines,
  { proxy, bundle }: PasteOrigin,
): Promise<PasteAnswer> {
  const diagnosed = await diagnoseLines(here, actor, lines, {
    proxy,
    bundle: bundle === "" ? undefined : bundle,
  });
  const failed = diagnosed.handshakes.filter(({ diagnosis }) => diagnosis.cause !== "none");
  // The most frequent first, as not all may be told; those that came once stay in the order of their lines.
  const ways = [...Map.groupBy(failed, sameWay).values()].sort((a, b) => b.length - a.length);
  const diagnoses: PastedDiagnosis[] = [];
  for (const way of ways.slice(0, TOLD_MAX)) diagnoses.push(await told(here, actor, way, bundle));
  const succeeded = diagnosed.handshakes.filter(
    ({ diagnosis: { cause, certainty } }) => cause === "none" && certainty === "certain",
  ).length;
  const { counts, notUnderstood, misfit } = diagnosed;
  return {
    diagnoses,
    left: Math.max(0, ways.length - TOLD_MAX),
    failed: failed.length,
    ...{ succeeded, untold: diagnosed.handshakes.length - failed.length - succeeded },
    ...{ counts, cut, notUnderstood, misfit },
  };
}

/** What those have in common that are told together. */
function sameWay({ diagnosis, proxy, seen }: DiagnosedHandshake): string {
  const { cause, certainty, candidates, certificate, client, direction } = diagnosis;
  const who = certificate ?? seen?.sha256 ?? seen?.serial ?? seen?.subject ?? client?.name ?? null;
  return JSON.stringify([cause, certainty, candidates, who, direction, proxy]);
}

async function told(
  here: Installation,
  actor: UserActor,
  way: readonly DiagnosedHandshake[],
  bundle: string,
): Promise<PastedDiagnosis> {
  const times = way.flatMap(({ time }) => time ?? []);
  const last = way.at(-1);
  if (last === undefined) throw new TypeError("no group is empty");
  const { diagnosis, proxy, lines } = last;
  const { cause, certainty, candidates, evidence, acts, direction, question, missingDirective } = diagnosis;
  const client =
    diagnosis.client?.id == null ? null : { id: diagnosis.client.id, name: diagnosis.client.name };
  return {
    ...{ proxy, count: way.length, lines: lines.slice(0, LINES_MAX) },
    firstAt: times.length === 0 ? null : Math.min(...times),
    lastAt: times.length === 0 ? null : Math.max(...times),
    diagnosis: {
      ...{ cause, certainty, candidates, evidence, acts, direction, question, missingDirective },
      client: diagnosis.client,
    },
    certificate: concerned(last),
    remedy: await remedyFacts(here, actor, {
      ...{ action: diagnosis.action, cause, certificate: diagnosis.certificate, client },
      service: null,
      bundle,
    }),
  };
}

function concerned({ known, seen }: DiagnosedHandshake): ConcernedCertificate | null {
  if (known === null && seen === null) return null;
  return {
    id: known?.id ?? null,
    name: known?.name ?? seen?.commonName ?? seen?.subject ?? null,
    issuer: seen?.issuer ?? null,
    serial: known?.serial ?? seen?.serial ?? null,
    notBefore: known?.notBefore ?? seen?.notBefore ?? null,
    notAfter: known?.notAfter ?? seen?.notAfter ?? null,
  };
}
