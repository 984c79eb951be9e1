import { GrowingNumbers } from "./growing-numbers.ts";
import type { ClientView } from "./snapshot.ts";

const STATUSES = ["active", "suspended", "retired"] as const;

/** Clients by their index. */
export class PackedClients {
  readonly #ids: string[] = [];
  readonly #names: string[] = [];
  readonly #status = new GrowingNumbers((length) => new Uint8Array(length));
  readonly #expiry = new GrowingNumbers((length) => new Float64Array(length));

  get length(): number {
    return this.#ids.length;
  }

  /** @returns its index */
  add({ id, name, status, expiresAt }: ClientView): number {
    this.#names.push(name);
    this.#status.push(STATUSES.indexOf(status));
    this.#expiry.push(expiresAt);
    return this.#ids.push(id) - 1;
  }

  at(index: number): ClientView {
    return {
      id: this.#ids[index] as string,
      name: this.#names[index] as string,
      status: STATUSES[this.#status.at(index)] as ClientView["status"],
      expiresAt: this.#expiry.at(index),
    };
  }
}
