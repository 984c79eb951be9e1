/** More than this are not told apart any more: then everything is looked at. */
const TOUCHED_MAX = 20_000;

/** Which certificates were touched by a change, so that lists look at these only. */
export class TouchedCertificates {
  #batches: { revision: number; keys: readonly string[] }[] = [];
  /** Since when the batches are complete. */
  #from = 0;
  #count = 0;
  #revision = 0;

  /** Grows with each change. */
  get revision(): number {
    return this.#revision;
  }

  /** @param keys what was touched; null for everything */
  note(keys: readonly string[] | null): void {
    if (keys?.length === 0) return;
    this.#revision++;
    if (keys === null || keys.length > TOUCHED_MAX) {
      [this.#batches, this.#count, this.#from] = [[], 0, this.#revision];
      return;
    }
    this.#batches.push({ revision: this.#revision, keys });
    this.#count += keys.length;
    while (this.#count > TOUCHED_MAX) {
      const oldest = this.#batches.shift();
      this.#count -= oldest?.keys.length ?? 0;
      this.#from = oldest?.revision ?? this.#revision;
    }
  }

  /** What was touched after a revision; null when that is everything, or not known any more. */
  since(revision: number): Set<string> | null {
    if (revision < this.#from) return null;
    const newer = this.#batches.filter((batch) => batch.revision > revision);
    return new Set(newer.flatMap(({ keys }) => keys));
  }
}
