/** Something that takes up room. */
interface Sized {
  /** Bytes, with all that is kept beside it. */
  size: number;
}

/**
 * Keeps values by text up to a number of bytes. When it is full, the oldest that was not used goes; what was used
 * is spared once. Nearly as good as dropping the least recently used, and using a value costs next to nothing.
 */
export class BoundedMemory<T extends Sized> {
  readonly #bytesMax: number;
  readonly #entries = new Map<string, { value: T; used: boolean }>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#entries.size;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.used = true;
    return entry.value;
  }

  set(key: string, value: T): void {
    this.delete(key);
    if (value.size > this.#bytesMax) return;
    while (this.#bytes + value.size > this.#bytesMax) this.#makeRoom();
    this.#entries.set(key, { value, used: false });
    this.#bytes += value.size;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.value.size;
  }

  #makeRoom(): void {
    for (const [key, entry] of this.#entries) {
      if (!entry.used) {
        this.delete(key);
        return;
      }
      entry.used = false;
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
  }
}
