import { setImmediate as nextTurn } from "node:timers/promises";
import { type PackedSnapshot, SnapshotPacker } from "#lib/access/decide/packed-snapshot.ts";
import type { ClientView, GrantTerms, NamePattern } from "#lib/access/decide/snapshot.ts";
import type { CredentialTerms, WorldService } from "#lib/access/decide/world.ts";
import type { Database } from "#lib/database.ts";
import { type DriverConnection, openDriver, type Row } from "#lib/driver.ts";
import { queryRows, timeOf } from "#lib/sql-steps.ts";

/** What decisions depend on, as it stands in the database: read whole at the start, and client by client later. */

/** Where clients and services stand in a snapshot, by their ids. */
export interface Places {
  clients: Map<string, number>;
  services: Map<string, number>;
  /** Which authority stands for each (known-issuers.ts). */
  authorities: ReadonlyMap<string, string>;
}

/** So many rows are read before others have their turn: some milliseconds. */
const SLICE = 250;

/** Every row is read once. */
const CACHE_MB = 8;

/**
 * Reads all clients with their credentials and grants, slice by slice, and lets others run after each. Nothing is held
 * still meanwhile: whoever changed since the counter was read must be read again.
 *
 * @throws the signal's reason when it is aborted
 */
export async function packAll(
  database: Database,
  authorities: Places["authorities"],
  signal: AbortSignal,
): Promise<{ snapshot: PackedSnapshot; places: Places }> {
  // Not by the model's client: the garbage that it makes of a million rows stops everybody while it is collected.
  const driver = await openDriver(database.target, CACHE_MB);
  try {
    return await packRows(driver, await servicePlaces(database), authorities, signal);
  } finally {
    await driver.close();
  }
}

async function packRows(
  driver: DriverConnection,
  services: Places["services"],
  authorities: Places["authorities"],
  signal: AbortSignal,
): Promise<{ snapshot: PackedSnapshot; places: Places }> {
  const packer = new SnapshotPacker();
  const places: Places = { clients: new Map(), services, authorities };
  for await (const rows of slices(driver, "Client", CLIENT_COLUMNS, signal)) {
    for (const row of rows) places.clients.set(String(row.id), packer.addClient(clientOf(row)));
  }
  for await (const rows of slices(driver, "Credential", CREDENTIAL_COLUMNS, signal)) {
    for (const row of rows) {
      const client = places.clients.get(String(row.clientId));
      if (client !== undefined) packer.addCredential({ ...credentialOf(row, authorities), client });
    }
  }
  const known = new Map<string, string[]>();
  for await (const rows of slices(driver, "Grant", GRANT_COLUMNS, signal)) {
    for (const row of rows) {
      const client = places.clients.get(String(row.clientId));
      const service = services.get(String(row.serviceId));
      if (client === undefined || service === undefined) continue;
      packer.addGrant({ ...grantOf(row, known), client, service });
    }
  }
  const packing = packer.packed({ usableUntil: 0, services: [], authorities: new Map() });
  for (;;) {
    const { done, value } = packing.next();
    if (done === true) return { snapshot: value, places };
    await nextTurn();
  }
}

/**
 * All services by their place, null where there is none any more; and the id of each by its short name.
 *
 * @param standsFor which authority stands for each: a service that accepts one of several that are one issuer
 *   accepts them all
 */
export async function readServices(
  state: Database,
  standsFor: Places["authorities"],
): Promise<{ services: (WorldService | null)[]; ids: Map<string, string> }> {
  const rows = await state.read.service.findMany({ orderBy: { place: "asc" } });
  const services: (WorldService | null)[] = [];
  const ids = new Map(rows.map(({ slug, id }) => [slug, id]));
  for (const row of rows) {
    const { place, slug, minimumStrength, authorities, unknownClients, failsOpen, status } = row;
    while (services.length < place) services.push(null);
    services.push(
      status === "retired"
        ? null
        : {
            ...{ slug, minimumStrength, failsOpen, isLearning: unknownClients === "learn" },
            authorities: texts(authorities).map((id) => standsFor.get(id) ?? id),
          },
    );
  }
  return { services, ids };
}

/** Everything about some clients. */
export async function readClients(
  state: Database,
  ids: readonly string[],
  { services, authorities }: Places,
) {
  // PostgreSQL takes no empty list.
  if (ids.length === 0) return [];
  const some = ids.map(() => "?").join(", ");
  const clients = await queryRows(state, `SELECT ${CLIENT_COLUMNS} FROM "Client" WHERE "id" IN (${some})`, [
    ...ids,
  ]);
  const credentials = Map.groupBy(
    await queryRows(
      state,
      `SELECT ${CREDENTIAL_COLUMNS} FROM "Credential" WHERE "clientId" IN (${some}) ORDER BY "id"`,
      [...ids],
    ),
    ({ clientId }) => String(clientId),
  );
  const grants = Map.groupBy(
    await queryRows(
      state,
      `SELECT ${GRANT_COLUMNS} FROM "Grant" WHERE "clientId" IN (${some}) ORDER BY "id"`,
      [...ids],
    ),
    ({ clientId }) => String(clientId),
  );
  const known = new Map<string, string[]>();
  return clients.map((row) => ({
    id: String(row.id),
    state: {
      client: clientOf(row),
      credentials: (credentials.get(String(row.id)) ?? []).map((credential) =>
        credentialOf(credential, authorities),
      ),
      grants: (grants.get(String(row.id)) ?? []).flatMap((grant) => {
        const service = services.get(String(grant.serviceId));
        return service === undefined ? [] : [{ ...grantOf(grant, known), service }];
      }),
    },
  }));
}

/** The place of each service by its id. */
export async function servicePlaces({ read }: Database): Promise<Map<string, number>> {
  const rows = await read.service.findMany({ select: { id: true, place: true } });
  return new Map(rows.map(({ id, place }) => [id, place]));
}

const CLIENT_COLUMNS = '"id", "name", "status", "expiresAt"';
const CREDENTIAL_COLUMNS =
  '"id", "clientId", "kind", "sha256", "nameType", "nameValue", "authorityId", "startsAt", "endsAt"';
const GRANT_COLUMNS = '"id", "clientId", "serviceId", "paths", "methods", "startsAt", "endsAt"';

/** Rows of a table in the order of their ids, which is that of their making. */
async function* slices(
  driver: DriverConnection,
  table: string,
  columns: string,
  signal: AbortSignal,
): AsyncGenerator<Row[]> {
  for (let after = ""; ; ) {
    signal.throwIfAborted();
    const rows = await driver.all(
      `SELECT ${columns} FROM "${table}" WHERE "id" > ? ORDER BY "id" LIMIT ${SLICE}`,
      [after],
    );
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < SLICE) return;
    after = String(last.id);
    await nextTurn();
  }
}

const endOf = (value: Row[string] | undefined) =>
  value == null ? Number.POSITIVE_INFINITY : timeOf(value).getTime();

function clientOf({ id, name, status, expiresAt }: Row): ClientView {
  return {
    id: String(id),
    name: String(name),
    status: status as ClientView["status"], // written by client-status.ts only
    expiresAt: endOf(expiresAt),
  };
}

function credentialOf(row: Row, authorities: Places["authorities"]): CredentialTerms {
  const common = { id: String(row.id), startsAt: timeOf(row.startsAt).getTime(), endsAt: endOf(row.endsAt) };
  if (row.kind !== "name") {
    return { ...common, kind: row.kind === "key" ? "key" : "certificate", sha256: String(row.sha256) };
  }
  const pattern: NamePattern = {
    type: row.nameType as NamePattern["type"], // written by credential-change.ts only
    value: String(row.nameValue),
    authority: authorities.get(String(row.authorityId)) ?? "",
  };
  return { ...common, kind: "name", pattern };
}

/** @param known lists that are alike are one in memory */
function grantOf(row: Row, known: Map<string, string[]>): GrantTerms {
  const list = (text: string) => {
    let found = known.get(text);
    if (found === undefined) {
      found = texts(text);
      known.set(text, found);
    }
    return found;
  };
  return {
    startsAt: timeOf(row.startsAt).getTime(),
    endsAt: endOf(row.endsAt),
    paths: list(String(row.paths)),
    methods: list(String(row.methods)),
  };
}

/** A list of texts as our own code stored it. */
function texts(json: string): string[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.map(String) : [];
}
