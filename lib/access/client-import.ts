import { z } from "zod";
import { recordWholeClient } from "#lib/access/client-create.ts";
import { readClientFile } from "#lib/access/client-file.ts";
import { type CheckedLine, checkLines, type WantedLine } from "#lib/access/client-file-check.ts";
import { enterCertificates } from "#lib/access/enter-certificates.ts";
import { type AuditEntry, appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { parsed } from "#lib/parse.ts";

/** More lines at once would hold up all other changes for more than a second. */
export const ALL_OR_NOTHING_MAX = 200;

const importSchema = z.strictObject({
  text: z.string(),
  /** `all`: nothing unless every line can be taken; `each`: whatever can be taken. */
  mode: z.enum(["all", "each"], { error: "is all or each" }),
});

export type ClientImport = z.input<typeof importSchema>;

/** What came of a file. */
export interface ImportOutcome {
  created: { line: number; clientId: string; name: string }[];
  refused: CheckedLine[];
}

/**
 * Looks at every line of a file of clients with the checks of the import, and writes nothing.
 *
 * @param text CSV; see client-file.ts for its columns
 * @throws DomainError `malformed` or `tooLarge` about the file as a whole, naming the line
 */
export async function checkClientFile(
  installation: Installation,
  actor: Actor,
  text: string,
): Promise<CheckedLine[]> {
  authorize(actor, "client:manage");
  return (await checkLines(installation, readClientFile(text))).map(({ checked }) => checked);
}

/**
 * Creates the clients of a file, each with its grants and its credential. When an error of ours stops it half way in
 * mode `each`, what was created is said all the same, and the lines from there on are refused.
 *
 * @throws DomainError as `checkClientFile`; `tooLarge` for more than 200 lines all or nothing
 */
export async function importClients(
  installation: Installation,
  actor: Actor,
  input: ClientImport,
): Promise<ImportOutcome> {
  authorize(actor, "client:manage");
  const { text, mode } = parsed(importSchema, input);
  const rows = readClientFile(text);
  if (mode === "all" && rows.length > ALL_OR_NOTHING_MAX) {
    const detail = `All or nothing takes ${ALL_OR_NOTHING_MAX} clients at most; take each line by itself, or several files.`;
    throw new DomainError("tooLarge", detail, {
      violations: [{ field: "mode", rule: "clients.all", detail }],
    });
  }
  const lines = await checkLines(installation, rows);
  const isTaken = mode === "each" || lines.every(({ wanted }) => wanted !== null);
  if (isTaken) {
    const bodies = lines.flatMap(({ wanted }) => (wanted?.body == null ? [] : [wanted.body]));
    await enterCertificates(installation, actor, bodies);
  }
  return mode === "all" ? takeAll(installation, actor, lines) : takeEach(installation, actor, lines);
}

type Line = Awaited<ReturnType<typeof checkLines>>[number];

async function takeAll(
  { database, clock }: Installation,
  actor: Actor,
  lines: readonly Line[],
): Promise<ImportOutcome> {
  const refused = lines.flatMap(({ checked, wanted }) => (wanted === null ? [checked] : []));
  if (refused.length > 0) return { created: [], refused };
  let at: CheckedLine | undefined;
  try {
    return await database.write(async (transaction) => {
      const now = clock.now();
      const created: ImportOutcome["created"] = [];
      const entries: AuditEntry[] = [];
      for (const { checked, wanted } of lines) {
        at = checked;
        if (wanted === null) continue;
        const whole = await record(transaction, actor, now, wanted);
        created.push({ line: checked.line, clientId: whole.clientId, name: checked.name });
        entries.push(...whole.entries);
      }
      await appendAudit(transaction, actor, now, ...entries);
      return { created, refused: [] };
    });
  } catch (error) {
    // Somebody was quicker, between the check and now.
    if (!(error instanceof DomainError) || at === undefined) throw error;
    return { created: [], refused: [withRefusal(at, error)] };
  }
}

/** A transaction for each, so that nobody else waits for a long file. */
async function takeEach(
  { database, clock }: Installation,
  actor: Actor,
  lines: readonly Line[],
): Promise<ImportOutcome> {
  const outcome: ImportOutcome = { created: [], refused: [] };
  for (const [place, { checked, wanted }] of lines.entries()) {
    if (wanted === null) {
      outcome.refused.push(checked);
      continue;
    }
    try {
      const clientId = await database.write(async (transaction) => {
        const now = clock.now();
        const { entries, ...whole } = await record(transaction, actor, now, wanted);
        await appendAudit(transaction, actor, now, ...entries);
        return whole.clientId;
      });
      outcome.created.push({ line: checked.line, clientId, name: checked.name });
    } catch (error) {
      if (error instanceof DomainError) {
        outcome.refused.push(withRefusal(checked, error));
        continue;
      }
      if (outcome.created.length === 0) throw error;
      log("access").error({ err: error, line: checked.line }, "An import stopped half way");
      return { ...outcome, refused: [...outcome.refused, ...lines.slice(place).map(leftOut)] };
    }
  }
  return outcome;
}

/** A line from the one on at which an error stopped the file; of the first nobody knows whether it was written. */
function leftOut({ checked, wanted }: Line, place: number): CheckedLine {
  if (wanted === null) return checked;
  const detail =
    place === 0
      ? "An error stopped the file here, and it is not known whether the client was created. Check the lines again."
      : "The file was stopped before this line. Check the lines again.";
  return { ...checked, findings: [{ field: "name", rule: "clients.end", detail }] };
}

function record(transaction: Transaction, actor: Actor, now: Date, { client, grants, proof }: WantedLine) {
  return recordWholeClient(transaction, actor, now, { client, grants }, proof, "import");
}

function withRefusal(line: CheckedLine, error: DomainError): CheckedLine {
  const rule = error.violations[0]?.rule ?? error.code;
  return {
    ...line,
    findings: [{ field: columnNamed(error.violations[0]?.field), rule, detail: error.message }],
  };
}

/** Which column a field of the recording is typed into. */
function columnNamed(field = ""): string {
  if (field.startsWith("credential.")) return "credential";
  if (field.startsWith("grants.")) return "services";
  return field === "client.expiresAt" ? "expires" : "name";
}
