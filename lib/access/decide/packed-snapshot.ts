import { placeOfPattern, placesOfName } from "./name-places.ts";
import type { PresentedCertificate } from "./request.ts";
import {
  type ClientView,
  CREDENTIAL_KINDS,
  type CredentialView,
  type GrantTerms,
  type ServiceView,
  type Snapshot,
} from "./snapshot.ts";
import type { World, WorldCredential, WorldGrant } from "./world.ts";

const NONE = -1;
const STATUSES = ["active", "suspended", "retired"] as const;
const NO_GRANTS: readonly GrantTerms[] = [];

/**
 * A snapshot in typed arrays: a million grants in some megabytes, which no garbage collection ever walks through.
 * It never changes; what changes is laid over it (changed-snapshot.ts).
 */
export class PackedSnapshot implements Snapshot {
  readonly usableUntil: number;
  readonly #services: Map<string, ServiceView>;
  readonly #clientIds: string[];
  readonly #clientNames: string[];
  readonly #clientStatus: Uint8Array;
  readonly #clientExpiry: Float64Array;
  /** First credential of each place; others of the same place follow by `#nextCredential`. */
  readonly #places: Record<WorldCredential["kind"], Map<string, number>>;
  readonly #nextCredential: Int32Array;
  readonly #credentialIds: string[];
  readonly #credentialClient: Uint32Array;
  readonly #credentialKind: Uint8Array;
  readonly #credentialTimes: Float64Array;
  readonly #grants: PackedGrants;

  constructor({ usableUntil, services, clients, credentials, grants }: World) {
    this.usableUntil = usableUntil;
    this.#services = new Map(services.map(({ slug, ...rest }, index) => [slug, { ...rest, index }]));
    this.#clientIds = clients.map(({ id }) => id);
    this.#clientNames = clients.map(({ name }) => name);
    this.#clientStatus = Uint8Array.from(clients, ({ status }) => STATUSES.indexOf(status));
    this.#clientExpiry = Float64Array.from(clients, ({ expiresAt }) => expiresAt);
    this.#places = { certificate: new Map(), key: new Map(), name: new Map() };
    this.#nextCredential = new Int32Array(credentials.length).fill(NONE);
    this.#credentialIds = credentials.map(({ id }) => id);
    this.#credentialClient = Uint32Array.from(credentials, ({ client }) => client);
    this.#credentialKind = Uint8Array.from(credentials, ({ kind }) => CREDENTIAL_KINDS.indexOf(kind));
    this.#credentialTimes = new Float64Array(credentials.length * 2);
    // From the last to the first, so that those of one place come in the order in which they were given.
    for (let index = credentials.length - 1; index >= 0; index--) {
      const credential = credentials[index] as WorldCredential;
      this.#credentialTimes[2 * index] = credential.startsAt;
      this.#credentialTimes[2 * index + 1] = credential.endsAt;
      const places = this.#places[credential.kind];
      const place = placeOf(credential);
      this.#nextCredential[index] = places.get(place) ?? NONE;
      places.set(place, index);
    }
    this.#grants = new PackedGrants(clients.length, grants);
  }

  /** How many there are: whatever is laid over it counts on from there. */
  get size(): { clients: number; credentials: number } {
    return { clients: this.#clientIds.length, credentials: this.#credentialIds.length };
  }

  service(slug: string): ServiceView | null {
    return this.#services.get(slug) ?? null;
  }

  credentialsOf({ sha256, keySha256, names, issuer }: PresentedCertificate): CredentialView[] {
    const found: CredentialView[] = [];
    this.#collect(found, this.#places.certificate.get(sha256));
    this.#collect(found, this.#places.key.get(keySha256));
    if (issuer === null || this.#places.name.size === 0) return found;
    for (const name of names) {
      for (const place of placesOfName(name, issuer)) this.#collect(found, this.#places.name.get(place));
    }
    return found;
  }

  #collect(found: CredentialView[], first: number | undefined): void {
    for (let index = first ?? NONE; index !== NONE; index = this.#nextCredential[index] ?? NONE) {
      found.push({
        index,
        client: this.#credentialClient[index] as number,
        kind: CREDENTIAL_KINDS[this.#credentialKind[index] as number] as CredentialView["kind"],
        startsAt: this.#credentialTimes[2 * index] as number,
        endsAt: this.#credentialTimes[2 * index + 1] as number,
      });
    }
  }

  client(index: number): ClientView {
    return {
      id: this.#clientIds[index] as string,
      name: this.#clientNames[index] as string,
      status: STATUSES[this.#clientStatus[index] as number] as ClientView["status"],
      expiresAt: this.#clientExpiry[index] as number,
    };
  }

  credentialId(index: number): string {
    return this.#credentialIds[index] as string;
  }

  grants(client: number, service: number): readonly GrantTerms[] {
    return this.#grants.of(client, service);
  }
}

function placeOf(credential: WorldCredential): string {
  return credential.kind === "name" ? placeOfPattern(credential.pattern) : credential.sha256;
}

/** Grants by client, those of one beside each other; terms that are alike are kept once. */
class PackedGrants {
  /** Where the grants of a client begin; one more at the end. */
  readonly #from: Uint32Array;
  readonly #service: Uint32Array;
  readonly #terms: Uint32Array;
  readonly #allTerms: GrantTerms[] = [];

  constructor(clients: number, grants: readonly WorldGrant[]) {
    this.#from = new Uint32Array(clients + 1);
    for (const { client } of grants) this.#from[client + 1] = (this.#from[client + 1] ?? 0) + 1;
    for (let client = 0; client < clients; client++) {
      this.#from[client + 1] = (this.#from[client + 1] ?? 0) + (this.#from[client] ?? 0);
    }
    this.#service = new Uint32Array(grants.length);
    this.#terms = new Uint32Array(grants.length);
    const free = this.#from.slice();
    const known = new Map<string, number>();
    for (const { client, service, startsAt, endsAt, paths, methods } of grants) {
      const at = free[client] ?? 0;
      free[client] = at + 1;
      this.#service[at] = service;
      const key = `${startsAt} ${endsAt} ${JSON.stringify([paths, methods])}`;
      let terms = known.get(key);
      if (terms === undefined) {
        terms = this.#allTerms.push({ startsAt, endsAt, paths, methods }) - 1;
        known.set(key, terms);
      }
      this.#terms[at] = terms;
    }
  }

  of(client: number, service: number): readonly GrantTerms[] {
    const end = this.#from[client + 1] ?? 0;
    let found: GrantTerms[] | null = null;
    for (let at = this.#from[client] ?? 0; at < end; at++) {
      if (this.#service[at] !== service) continue;
      const terms = this.#allTerms[this.#terms[at] as number] as GrantTerms;
      if (found === null) found = [terms];
      else found.push(terms);
    }
    return found ?? NO_GRANTS;
  }
}
