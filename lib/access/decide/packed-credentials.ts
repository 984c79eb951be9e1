import { GrowingNumbers } from "./growing-numbers.ts";
import { placeOfPattern, placesOfName } from "./name-places.ts";
import type { PresentedCertificate } from "./request.ts";
import { CREDENTIAL_KINDS, type CredentialView } from "./snapshot.ts";
import type { WorldCredential } from "./world.ts";

/** Credentials, each at the place where a certificate that satisfies it is looked for. */
export class PackedCredentials {
  /** First credential of each place; others of the same place follow by `#next`. */
  readonly #places: Record<WorldCredential["kind"], Map<string, number>> = {
    certificate: new Map(),
    key: new Map(),
    name: new Map(),
  };
  readonly #ids: string[] = [];
  readonly #client = new GrowingNumbers((length) => new Uint32Array(length));
  readonly #kind = new GrowingNumbers((length) => new Uint8Array(length));
  readonly #times = new GrowingNumbers((length) => new Float64Array(length));
  /** By the credential before it; few places have two. */
  readonly #next = new Map<number, number>();

  get length(): number {
    return this.#ids.length;
  }

  add(credential: WorldCredential): void {
    const index = this.#ids.push(credential.id) - 1;
    this.#client.push(credential.client);
    this.#kind.push(CREDENTIAL_KINDS.indexOf(credential.kind));
    this.#times.push(credential.startsAt);
    this.#times.push(credential.endsAt);
    const places = this.#places[credential.kind];
    const place = credential.kind === "name" ? placeOfPattern(credential.pattern) : credential.sha256;
    let last = places.get(place);
    if (last === undefined) {
      places.set(place, index);
      return;
    }
    for (let next = this.#next.get(last); next !== undefined; next = this.#next.get(last)) last = next;
    this.#next.set(last, index);
  }

  id(index: number): string {
    return this.#ids[index] as string;
  }

  /** Those that a certificate satisfies, the strongest kind first. */
  of({ sha256, keySha256, names, issuer }: PresentedCertificate): CredentialView[] {
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
    for (let index = first; index !== undefined; index = this.#next.get(index)) {
      found.push({
        index,
        client: this.#client.at(index),
        kind: CREDENTIAL_KINDS[this.#kind.at(index)] as CredentialView["kind"],
        startsAt: this.#times.at(2 * index),
        endsAt: this.#times.at(2 * index + 1),
      });
    }
  }
}
