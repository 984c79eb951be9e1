import { placeOfPattern, placesOfName } from "./name-places.ts";
import type { PresentedCertificate } from "./request.ts";
import type { ClientView, CredentialView, GrantTerms } from "./snapshot.ts";
import type { CredentialTerms } from "./world.ts";

/** Everything about one client as it is now. */
export interface ChangedClient {
  client: ClientView;
  credentials: readonly CredentialTerms[];
  grants: readonly (GrantTerms & { service: number })[];
}

/** Clients that changed since a snapshot was packed, and those that are new. */
export class ClientLayer {
  readonly #clients = new Map<number, ChangedClient>();
  /** What is found at a place; `certificate`, `key` and `name` have places of their own. */
  readonly #places = new Map<string, CredentialView[]>();
  /** Counting on from the packed ones; a changed client's are new ones each time. */
  readonly #credentialIds: string[] = [];
  readonly #firstCredential: number;
  #nextClient: number;

  constructor({ clients, credentials }: { clients: number; credentials: number }) {
    this.#nextClient = clients;
    this.#firstCredential = credentials;
  }

  get size(): number {
    return this.#clients.size;
  }

  has(client: number): boolean {
    return this.#clients.has(client);
  }

  put(index: number | null, state: ChangedClient): number {
    const client = index ?? this.#nextClient++;
    for (const place of placesOf(this.#clients.get(client))) {
      const rest = (this.#places.get(place) ?? []).filter((view) => view.client !== client);
      if (rest.length > 0) this.#places.set(place, rest);
      else this.#places.delete(place);
    }
    this.#clients.set(client, state);
    for (const credential of state.credentials) {
      const { id, kind, startsAt, endsAt } = credential;
      const view = {
        index: this.#firstCredential + this.#credentialIds.push(id) - 1,
        client,
        kind,
        startsAt,
        endsAt,
      };
      const place = placeOf(credential);
      this.#places.set(place, [...(this.#places.get(place) ?? []), view]);
    }
    return client;
  }

  credentialsOf({ sha256, keySha256, names, issuer }: PresentedCertificate): CredentialView[] {
    const places = [`certificate ${sha256}`, `key ${keySha256}`];
    if (issuer !== null) {
      for (const name of names) {
        for (const place of placesOfName(name, issuer)) places.push(`name ${place}`);
      }
    }
    return places.flatMap((place) => this.#places.get(place) ?? []);
  }

  client(index: number): ClientView | undefined {
    return this.#clients.get(index)?.client;
  }

  credentialId(index: number): string | undefined {
    return this.#credentialIds[index - this.#firstCredential];
  }

  grants(client: number, service: number): GrantTerms[] | undefined {
    return this.#clients.get(client)?.grants.filter((grant) => grant.service === service);
  }
}

function placesOf(state: ChangedClient | undefined): Set<string> {
  return new Set(state?.credentials.map(placeOf));
}

function placeOf(credential: CredentialTerms): string {
  return credential.kind === "name"
    ? `name ${placeOfPattern(credential.pattern)}`
    : `${credential.kind} ${credential.sha256}`;
}
