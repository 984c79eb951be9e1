import { createHash } from "node:crypto";
import { openDriver, type Row } from "#lib/driver.ts";
import type { Installation } from "#lib/installation.ts";

/** Rows written in one step. */
const BLOCK = 10_000;

/** How clients prove themselves: most by their certificate, some by their key or by a name under an authority. */
const KINDS = ["certificate", "certificate", "certificate", "key", "name"] as const;

export interface AccessSize {
  clients: number;
  services: number;
  /** Of each client. */
  grants: number;
}

/** A client that is made, and what proves it when that is not made up. */
export interface FilledClient {
  sha256: string;
}

const id = (kind: string, number: number) => `${kind}${String(number).padStart(26 - kind.length, "0")}`;
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** Short name of a service. */
export const serviceSlug = (number: number) => `service-${number}`;

/**
 * Fills an installation with clients, a credential each, and grants, every tenth of which is for some paths only.
 *
 * @param known the first clients prove themselves by these certificates
 * @returns the services of each of the known
 */
export async function fillAccess(
  { config, database, clock }: Installation,
  { clients, services, grants }: AccessSize,
  known: readonly FilledClient[],
): Promise<string[][]> {
  const now = clock.now();
  const authority = await database.read.authority.findFirstOrThrow({ select: { id: true } });
  const driver = await openDriver(config.database);
  const write = (table: string, rows: readonly Row[]) =>
    driver.transaction((transaction) => transaction.insert(table, rows));

  await write(
    "Service",
    Array.from({ length: services }, (_, number) => ({
      ...{ id: id("s", number), slug: serviceSlug(number), name: `Service ${number}`, notes: "" },
      ...{ hostNames: "[]", minimumStrength: 112, authorities: "[]", unknownClients: "refuse" },
      ...{ failsOpen: false, status: "active", place: number, createdAt: now, version: 1 },
    })),
  );
  for (let start = 0; start < clients; start += BLOCK) {
    const numbers = Array.from({ length: Math.min(BLOCK, clients - start) }, (_, index) => start + index);
    await write(
      "Client",
      numbers.map((number) => ({
        ...{ id: id("c", number), name: `Client ${number}`, nameKey: `client ${number}` },
        ...{ environment: "production", owner: "platform", tags: "[]", notes: "", status: "active" },
        ...{ statusSince: now, expiresAt: null, isProtected: false, source: "import", createdAt: now },
        ...{ createdBy: "bench", version: 1, change: 1, refused: 0 },
      })),
    );
    await write(
      "Credential",
      numbers.map((number) => {
        const pinned = known[number]?.sha256;
        const kind = pinned === undefined ? (KINDS[number % KINDS.length] ?? "key") : "certificate";
        return {
          ...{ id: id("p", number), clientId: id("c", number), kind },
          sha256: kind === "name" ? "" : (pinned ?? hash(`${number}`)),
          nameType: kind === "name" ? "uri" : "",
          nameValue: kind === "name" ? `spiffe://example.org/ns/prod/sa/client-${number}` : "",
          authorityId: kind === "name" ? authority.id : null,
          ...{ startsAt: now, endsAt: null, revokesAtEnd: false, createdAt: now, createdBy: "bench" },
        };
      }),
    );
    for (let grant = 0; grant < grants; grant++) {
      await write(
        "Grant",
        numbers.map((number) => ({
          id: id("g", number * grants + grant),
          ...{ clientId: id("c", number), serviceId: id("s", serviceOf(number, grant, services)) },
          paths: (number + grant) % 10 === 9 ? '["/api","/health"]' : "[]",
          ...{ methods: "[]", startsAt: now, endsAt: null, createdAt: now, createdBy: "bench", version: 1 },
        })),
      );
    }
  }
  await driver.close();
  await database.write((transaction) =>
    transaction.ground.update({ where: { id: 1 }, data: { access: { increment: 1 } } }),
  );
  return known.map((_, number) =>
    Array.from({ length: grants }, (_, grant) => serviceSlug(serviceOf(number, grant, services))),
  );
}

/** Every client has other services, and none twice. */
const serviceOf = (client: number, grant: number, services: number) => (client * 7 + grant) % services;
