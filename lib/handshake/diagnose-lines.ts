import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { isReference } from "#lib/reference.ts";
import { diagnose } from "./diagnose.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { inventoryFromDatabase } from "./inventory-from-database.ts";
import type { InventoryCertificate } from "./inventory-in-memory.ts";
import { UNKNOWN_PROXY } from "./inventory-view.ts";
import { joined } from "./joining.ts";
import type { LoggingProxy, SeenCertificate } from "./observation.ts";
import { type LineCounts, type ObservedLine, parseLines } from "./parse-lines.ts";
import { PARSERS } from "./parsers.ts";
import { type KnownLogger, loggerOf } from "./proxy-logger.ts";
import { trustedOfBundle } from "./trusted-roots.ts";
import { wholeHandshake } from "./whole-handshake.ts";

/** Whose lines they are, and what else is said of that proxy. */
export interface LinesOrigin {
  /** Short name of a proxy of ours; else software, as `nginx`; `auto` for what each line is recognised as. */
  proxy: string;
  /** Short name of the trust bundle that it loads; else the one that was said of a proxy of ours. */
  bundle?: string | undefined;
}

/** A handshake that lines tell of. */
export interface DiagnosedHandshake {
  lines: readonly string[];
  proxy: LoggingProxy;
  /** Milliseconds since 1970; null when no line says it. */
  time: number | null;
  diagnosis: Diagnosis;
  /** The certificate concerned, where the inventory has it. */
  known: InventoryCertificate | null;
  /** What the lines say of it. */
  seen: SeenCertificate | null;
}

export interface DiagnosedLines {
  /** In the order of their first lines; also those that went well. */
  handshakes: DiagnosedHandshake[];
  counts: LineCounts;
  /** The first lines that no parser understood. */
  notUnderstood: readonly string[];
  /** Whose lines they clearly are, when they are not those of the proxy that was named. */
  misfit: LoggingProxy | null;
}

/**
 * Why the handshakes failed that lines tell of. Nothing is stored.
 *
 * @param lines from `readLines`
 * @throws DomainError `forbidden`; `notFound` for a proxy that there is not, `malformed` for such a bundle
 */
export async function diagnoseLines(
  installation: Installation,
  actor: Actor,
  lines: readonly string[],
  { proxy, bundle }: LinesOrigin,
): Promise<DiagnosedLines> {
  authorize(actor, "failure:read");
  const { database, clock } = installation;
  const now = clock.now();
  const { kind, facts, ...known } = await namedProxy(installation, proxy, now.getTime());
  const trusted = bundle === undefined ? known.trusted : await trustedOfBundle(installation, bundle);
  if (bundle !== undefined && trusted === null) {
    throw malformed("bundle", "bundle.known", "There is no trust bundle of that name.");
  }
  const { observed, ...rest } = await parseLines(lines, kind, now.getTime());
  const { view, certificates } = await inventoryFromDatabase(database, observed, trusted, now.getTime());
  const handshakes: DiagnosedHandshake[] = [];
  for (const handshake of joined<ObservedLine>(observed)) {
    const diagnosis = diagnose(handshake, view, facts, now.getTime());
    const { at, proxy: of, leaf, failing } = wholeHandshake(handshake);
    handshakes.push({
      lines: handshake.map(({ text }) => text),
      proxy: of,
      time: at,
      diagnosis,
      known: diagnosis.certificate === null ? null : (certificates.get(diagnosis.certificate) ?? null),
      seen: failing ?? leaf,
    });
    await letOthersRun();
  }
  return { handshakes, ...rest };
}

/** Their names are those by which proxies are set up, and what else there is. */
const SOFTWARE: ReadonlySet<string> = new Set(Object.keys(PARSERS));

const UNKNOWN = { facts: UNKNOWN_PROXY, trusted: null };

async function namedProxy(
  { database }: Pick<Installation, "database">,
  name: string,
  now: number,
): Promise<Pick<KnownLogger, "kind" | "facts" | "trusted">> {
  if (name === "auto") return { kind: null, ...UNKNOWN };
  const row = isReference(name)
    ? await database.read.proxy.findFirst({
        where: { OR: [{ slug: name }, { id: name }] },
        select: { id: true },
      })
    : null;
  if (row !== null) return loggerOf(database, row.id, now);
  if (SOFTWARE.has(name)) return { kind: name as LoggingProxy, ...UNKNOWN };
  throw new DomainError(
    "notFound",
    `There is no proxy of that name; besides those of this installation there are auto, ${[...SOFTWARE].join(", ")}.`,
  );
}
