import { clientNameKey } from "#lib/access/client-input.ts";
import { credentialColumns, type NewCredential } from "#lib/access/credential-record.ts";
import type { Reader } from "#lib/database.ts";
import type { Violation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

/** Asked about at once: databases bound the parameters of a statement. */
const ASKED = 500;

interface Wanted {
  client: { name: string };
  proof: NewCredential | null;
}

/** What of many wanted clients somebody has already, with the one who has it. */
export async function takenAmong<L>(
  { database: { read } }: Installation,
  lines: readonly { line: L; wanted: Wanted }[],
  now: Date,
): Promise<(Violation & { line: L })[]> {
  const taken: (Violation & { line: L })[] = [];
  for (let start = 0; start < lines.length; start += ASKED) {
    const part = lines.slice(start, start + ASKED);
    const names = await ownersOfNames(read, part);
    const proofs = await ownersOfProofs(read, part, now);
    for (const { line, wanted } of part) {
      const named = names.get(clientNameKey(wanted.client.name));
      if (named !== undefined) {
        const detail = `There is a client of this name already: ${named}.`;
        taken.push({ line, field: "name", rule: "client.name", detail });
      }
      const known = wanted.proof === null ? undefined : proofs.get(placeOf(wanted.proof));
      if (known !== undefined) {
        const detail = `The ${wanted.proof?.facts.kind} is that of ${known}.`;
        taken.push({ line, field: "credential", rule: "credential.taken", detail });
      }
    }
  }
  return taken;
}

async function ownersOfNames(
  read: Reader,
  part: readonly { wanted: Wanted }[],
): Promise<Map<string, string>> {
  const nameKey = { in: part.map(({ wanted }) => clientNameKey(wanted.client.name)) };
  const rows = await read.client.findMany({ where: { nameKey }, select: { nameKey: true, name: true } });
  return new Map(rows.map((row) => [row.nameKey, row.name]));
}

/** All of a file counts from now on and without an end. */
async function ownersOfProofs(
  read: Reader,
  part: readonly { wanted: Wanted }[],
  now: Date,
): Promise<Map<string, string>> {
  const all = part.flatMap(({ wanted: { proof } }) =>
    proof === null ? [] : [credentialColumns(proof.facts)],
  );
  const rows = await read.credential.findMany({
    where: {
      AND: [
        { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
        {
          OR: [
            { sha256: { in: all.flatMap(({ sha256 }) => (sha256 === "" ? [] : [sha256])) } },
            { nameValue: { in: all.flatMap(({ nameValue }) => (nameValue === "" ? [] : [nameValue])) } },
          ],
        },
      ],
    },
    select: {
      ...{ kind: true, sha256: true, nameType: true, nameValue: true, authorityId: true },
      client: { select: { name: true } },
    },
  });
  return new Map(rows.map(({ client, ...columns }) => [markOf(columns), client.name]));
}

const placeOf = ({ facts }: NewCredential) => markOf(credentialColumns(facts));

function markOf(columns: ReturnType<typeof credentialColumns> | Record<string, string | null>): string {
  const { kind, sha256, nameType, nameValue, authorityId } = columns;
  return JSON.stringify([kind, sha256, nameType, nameValue, authorityId]);
}
