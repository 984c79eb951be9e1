type Numbers = Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** A typed array that grows as it is filled: no garbage collection ever walks through it. */
export class GrowingNumbers<T extends Numbers> {
  #numbers: T;
  #length = 0;
  readonly #make: (length: number) => T;

  /** @param make an array of a length, for example `(length) => new Uint32Array(length)` */
  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#numbers = make(64);
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#numbers[index] as number;
  }

  push(value: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = this.#make(this.#length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length++] = value;
  }

  /** Those that were pushed, in an array of just that length. */
  taken(): T {
    const taken = this.#make(this.#length);
    taken.set(this.#numbers.subarray(0, this.#length));
    return taken;
  }
}
