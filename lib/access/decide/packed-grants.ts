import { GrowingNumbers } from "./growing-numbers.ts";
import type { GrantTerms } from "./snapshot.ts";
import type { WorldGrant } from "./world.ts";

const NO_GRANTS: readonly GrantTerms[] = [];

/** So many grants are put into their order before others have their turn: a millisecond. */
const SLICE = 50_000;

/** Grants as they are read, in any order. */
export class GrantPacker {
  readonly #client = new GrowingNumbers((length) => new Uint32Array(length));
  readonly #service = new GrowingNumbers((length) => new Uint32Array(length));
  readonly #terms = new GrowingNumbers((length) => new Uint32Array(length));
  readonly #allTerms: GrantTerms[] = [];
  readonly #known = new Map<string, number>();

  add({ client, service, startsAt, endsAt, paths, methods }: WorldGrant): void {
    const key = `${startsAt} ${endsAt} ${JSON.stringify([paths, methods])}`;
    let terms = this.#known.get(key);
    if (terms === undefined) {
      terms = this.#allTerms.push({ startsAt, endsAt, paths, methods }) - 1;
      this.#known.set(key, terms);
    }
    this.#client.push(client);
    this.#service.push(service);
    this.#terms.push(terms);
  }

  /** Puts them into their order; yields now and then. @param clients how many there are */
  *packed(clients: number): Generator<void, PackedGrants> {
    const client = this.#client.taken();
    const [service, terms] = [this.#service.taken(), this.#terms.taken()];
    yield;
    const from = new Uint32Array(clients + 1);
    for (let index = 0; index < client.length; index++) {
      const next = (client[index] ?? 0) + 1;
      from[next] = (from[next] ?? 0) + 1;
    }
    yield;
    for (let index = 0; index < clients; index++) {
      from[index + 1] = (from[index + 1] ?? 0) + (from[index] ?? 0);
    }
    yield;
    const free = from.slice();
    const ordered = { service: new Uint32Array(client.length), terms: new Uint32Array(client.length) };
    for (let index = 0; index < client.length; index++) {
      if (index % SLICE === SLICE - 1) yield;
      const owner = client[index] ?? 0;
      const at = free[owner] ?? 0;
      free[owner] = at + 1;
      ordered.service[at] = service[index] ?? 0;
      ordered.terms[at] = terms[index] ?? 0;
    }
    return new PackedGrants(from, ordered.service, ordered.terms, this.#allTerms);
  }
}

/** Grants by client, those of one beside each other; terms that are alike are kept once. */
export class PackedGrants {
  /** Where the grants of a client begin; one more at the end. */
  readonly #from: Uint32Array;
  readonly #service: Uint32Array;
  readonly #terms: Uint32Array;
  readonly #allTerms: readonly GrantTerms[];

  constructor(from: Uint32Array, service: Uint32Array, terms: Uint32Array, allTerms: readonly GrantTerms[]) {
    this.#from = from;
    this.#service = service;
    this.#terms = terms;
    this.#allTerms = allTerms;
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
