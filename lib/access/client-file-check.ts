import { GRANTS_MAX, type GrantedClientFacts } from "#lib/access/client-create.ts";
import type { ClientColumn, ClientRow } from "#lib/access/client-file.ts";
import { bodyOf, expiryOf, proofOf, wordsOf } from "#lib/access/client-file-cells.ts";
import { takenAmong } from "#lib/access/client-file-taken.ts";
import { clientInputSchema, clientNameKey } from "#lib/access/client-input.ts";
import { credentialColumns, type NewCredential, newCredential } from "#lib/access/credential-record.ts";
import { DomainError, policyViolation, type Violation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import { parsed } from "#lib/parse.ts";

/** What would come of a line. */
export interface CheckedLine {
  line: number;
  name: string;
  /** Names of the services that it may call. */
  services: string[];
  /** What would prove it, as it is stored; null for nothing yet. */
  credential: { kind: string; value: string } | null;
  /** What forbids it, each naming the column; none when it can be taken. */
  findings: Violation[];
}

/** A line as it would be recorded. */
export interface WantedLine extends GrantedClientFacts {
  proof: NewCredential | null;
  /** DER of the certificate that the file holds, to be put into the inventory. */
  body: Uint8Array | null;
}

interface Line {
  checked: CheckedLine;
  /** Null when something forbids it. */
  wanted: WantedLine | null;
}

/** Lines between two pauses, in which others get their turn. */
const LINES_AT_ONCE = 50;

/** Looks at the lines by themselves, beside each other, and beside what there is. */
export async function checkLines(installation: Installation, rows: readonly ClientRow[]): Promise<Line[]> {
  const surroundings = await readSurroundings(installation);
  const lines: Line[] = [];
  for (const [place, row] of rows.entries()) {
    if (place % LINES_AT_ONCE === LINES_AT_ONCE - 1) await letOthersRun();
    lines.push(checkLine(row, surroundings));
  }
  refuseRepetitions(lines);
  const now = installation.clock.now();
  for (const { line, ...finding } of await takenAmong(installation, wantedOf(lines), now))
    refuse(line, finding);
  return lines;
}

interface Surroundings {
  now: Date;
  /** By short name. */
  services: ReadonlyMap<string, { id: string; name: string }>;
  authorities: ReadonlyMap<string, string>;
}

async function readSurroundings({ database: { read }, clock }: Installation): Promise<Surroundings> {
  const [services, authorities] = await Promise.all([
    read.service.findMany({
      where: { status: { not: "retired" } },
      select: { id: true, slug: true, name: true },
    }),
    read.authority.findMany({ select: { id: true, slug: true } }),
  ]);
  return {
    now: clock.now(),
    services: new Map(services.map(({ slug, ...service }) => [slug, service])),
    authorities: new Map(authorities.map(({ slug, id }) => [slug, id])),
  };
}

function checkLine(row: ClientRow, { now, services, authorities }: Surroundings): Line {
  const findings: Violation[] = [];
  const collect = <T>(column: ClientColumn, step: () => T): T | null => {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const told =
        error.violations.length > 0 ? error.violations : [{ rule: error.code, detail: error.message }];
      findings.push(...told.map((each) => ({ ...each, field: columnOf(each, column) })));
      return null;
    }
  };
  const { name, environment, owner, notes } = row;
  const expiresAt = collect("expires", () => expiryOf(row.expires));
  const tags = wordsOf(row.tags);
  const client = collect("name", () =>
    parsed(clientInputSchema, { name, environment, owner, notes, tags, expiresAt }),
  );
  if (expiresAt !== null && expiresAt <= now) {
    findings.push({
      field: "expires",
      rule: "client.expiry",
      detail: "The end of the client's life is not in the future.",
    });
  }
  const called = (collect("services", () => slugsOf(row.services)) ?? []).flatMap((slug) => {
    const service = collect("services", () => serviceNamed(services, slug));
    return service === null ? [] : [service];
  });
  const proof = collect("credential", () => {
    const input = proofOf(row.credential, authorities);
    return input === null ? null : newCredential(input, now);
  });
  const stored = proof === null ? null : credentialColumns(proof.facts);
  const grants = called.map(({ id: serviceId }) => ({ serviceId, paths: [], methods: [], endsAt: null }));
  return {
    checked: {
      ...{ line: row.line, name, services: called.map((service) => service.name), findings },
      credential: stored === null ? null : { kind: stored.kind, value: stored.sha256 || stored.nameValue },
    },
    wanted:
      client === null || findings.length > 0 ? null : { client, grants, proof, body: bodyOf(row.credential) },
  };
}

function slugsOf(cell: string): string[] {
  const slugs = [...new Set(wordsOf(cell.toLowerCase()))];
  if (slugs.length <= GRANTS_MAX) return slugs;
  throw policyViolation("services", "clients.services", `More than ${GRANTS_MAX} services are named.`);
}

function serviceNamed(services: Surroundings["services"], slug: string) {
  const service = services.get(slug);
  if (service !== undefined) return service;
  throw policyViolation("services", "grant.service", `There is no service “${slug.slice(0, 60)}”.`);
}

const FACTS = ["name", "environment", "owner", "tags", "notes"] as const;

/** Which column a field of a schema is typed into. */
function columnOf({ field = "" }: Partial<Violation>, column: ClientColumn): string {
  return FACTS.find((fact) => field === fact || field.startsWith(`${fact}.`)) ?? column;
}

function wantedOf(lines: readonly Line[]) {
  return lines.flatMap((line) => (line.wanted === null ? [] : [{ line, wanted: line.wanted }]));
}

/** What two lines have in common that only one may have. */
function refuseRepetitions(lines: readonly Line[]): void {
  const seen = new Map<string, number>();
  for (const { line, wanted } of wantedOf(lines)) {
    const { client, proof } = wanted;
    const marks: [string, Omit<Violation, "detail">][] = [
      [`name ${clientNameKey(client.name)}`, { field: "name", rule: "client.name" }],
    ];
    if (proof !== null) {
      const mark = JSON.stringify(credentialColumns(proof.facts));
      marks.push([`credential ${mark}`, { field: "credential", rule: "credential.taken" }]);
    }
    for (const [mark, finding] of marks) {
      const first = seen.get(mark);
      if (first === undefined) seen.set(mark, line.checked.line);
      else refuse(line, { ...finding, detail: `Line ${first} has the same ${finding.field}.` });
    }
  }
}

function refuse(line: Line, finding: Violation): void {
  line.checked.findings.push(finding);
  line.wanted = null;
}
