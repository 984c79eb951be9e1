import { PackedClients } from "./packed-clients.ts";
import { PackedCredentials } from "./packed-credentials.ts";
import { GrantPacker, type PackedGrants } from "./packed-grants.ts";
import type { PresentedCertificate } from "./request.ts";
import type {
  AuthorityView,
  ClientView,
  CredentialView,
  GrantTerms,
  ServiceView,
  Snapshot,
} from "./snapshot.ts";
import type { World, WorldCredential, WorldGrant } from "./world.ts";

/** What there is little of. */
type Surroundings = Required<Pick<World, "usableUntil" | "services" | "authorities">>;

/** Takes in a world piece by piece, so that nothing needs to hold all of it, or to wait for all of it. */
export class SnapshotPacker {
  readonly #clients = new PackedClients();
  readonly #credentials = new PackedCredentials();
  readonly #grants = new GrantPacker();

  /** @returns the index of the client, by which its credentials and grants name it */
  addClient(client: ClientView): number {
    return this.#clients.add(client);
  }

  addCredential(credential: WorldCredential): void {
    this.#credentials.add(credential);
  }

  addGrant(grant: WorldGrant): void {
    this.#grants.add(grant);
  }

  /** Makes the snapshot of what was added, and yields now and then for others to have their turn. */
  *packed({ usableUntil, services, authorities }: Surroundings): Generator<void, PackedSnapshot> {
    const grants = yield* this.#grants.packed(this.#clients.length);
    const surroundings = { usableUntil, services, authorities };
    return new PackedSnapshot(surroundings, this.#clients, this.#credentials, grants);
  }
}

/** The same of a world that is there. */
export function packWorld({ clients, credentials, grants, ...around }: World): PackedSnapshot {
  const packer = new SnapshotPacker();
  for (const client of clients) packer.addClient(client);
  for (const credential of credentials) packer.addCredential(credential);
  for (const grant of grants) packer.addGrant(grant);
  const packing = packer.packed({ authorities: new Map(), ...around });
  for (;;) {
    const { done, value } = packing.next();
    if (done === true) return value;
  }
}

/**
 * A snapshot in typed arrays: a million grants in some megabytes, which no garbage collection ever walks through.
 * It never changes; what changes is laid over it (changed-snapshot.ts).
 */
export class PackedSnapshot implements Snapshot {
  readonly usableUntil: number;
  readonly authorities: ReadonlyMap<string, AuthorityView>;
  readonly #services: Map<string, ServiceView>;
  readonly #clients: PackedClients;
  readonly #credentials: PackedCredentials;
  readonly #grants: PackedGrants;

  constructor(
    { usableUntil, services, authorities }: Surroundings,
    clients: PackedClients,
    credentials: PackedCredentials,
    grants: PackedGrants,
  ) {
    this.usableUntil = usableUntil;
    this.authorities = authorities;
    this.#services = new Map(services.map(({ slug, ...rest }, index) => [slug, { ...rest, index }]));
    this.#clients = clients;
    this.#credentials = credentials;
    this.#grants = grants;
  }

  /** How many there are: whatever is laid over it counts on from there. */
  get size(): { clients: number; credentials: number } {
    return { clients: this.#clients.length, credentials: this.#credentials.length };
  }

  service(slug: string): ServiceView | null {
    return this.#services.get(slug) ?? null;
  }

  credentialsOf(certificate: PresentedCertificate): CredentialView[] {
    return this.#credentials.of(certificate);
  }

  client(index: number): ClientView {
    return this.#clients.at(index);
  }

  credentialId(index: number): string {
    return this.#credentials.id(index);
  }

  grants(client: number, service: number): readonly GrantTerms[] {
    return this.#grants.of(client, service);
  }
}
