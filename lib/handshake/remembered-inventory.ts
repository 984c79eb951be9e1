import type { Database } from "#lib/database.ts";
import { asTrusted, type Gathering, gathered, NOTHING_GATHERED } from "./inventory-from-database.ts";
import { inventoryMark } from "./inventory-mark.ts";
import { askedOf, questionsOf, unasked } from "./inventory-questions.ts";
import type { InventoryView } from "./inventory-view.ts";
import type { Observation } from "./observation.ts";

/** How often it is asked whether anything has changed, and how long anything is remembered. */
const EVERY_MS = 100;
const KEPT_MS = 5_000;

/** Then all is forgotten: scanners ask something else each time. */
const QUESTIONS_MAX = 20_000;
const CERTIFICATES_MAX = 10_000;

/** Sets of what proxies trust for which the same certificates are looked at. */
const VIEWS_MAX = 32;

interface Remembered {
  mark: string;
  /** When it began, and when it was last found to be as before; in milliseconds of a clock that only goes on. */
  since: number;
  checked: number;
  asked: Set<string>;
  gathered: Gathering;
  views: Map<ReadonlySet<string> | null, Promise<InventoryView>>;
}

/**
 * What the inventory knows, remembered from one batch of lines to the next: the same clients fail again and again, so
 * that only what is new has to be asked. Ends within a tenth of a second when anything changes, and after some seconds in
 * any case.
 */
export class RememberedInventory {
  readonly #database: Database;
  readonly #everyMs: number;
  #remembered: Remembered | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** @param everyMs how long a change may go unnoticed */
  constructor(database: Database, everyMs = EVERY_MS) {
    this.#database = database;
    this.#everyMs = everyMs;
  }

  /**
   * What diagnoses of these will ask. It may know more, of handshakes before.
   *
   * @param observations of all the handshakes that are to be diagnosed
   * @param trusted SHA-256 of what the proxy trusts, the same set as long as that is the same; null when nobody has said
   * @param now in milliseconds
   */
  view(
    observations: Iterable<Observation>,
    trusted: ReadonlySet<string> | null,
    now: number,
  ): Promise<InventoryView> {
    const view = this.#last.then(async () => {
      const remembered = await this.#present();
      const open = unasked(questionsOf(observations), remembered.asked);
      if (open !== null) {
        const more = await gathered(this.#database, open, remembered.gathered);
        for (const question of askedOf(open)) remembered.asked.add(question);
        if (more !== remembered.gathered) remembered.views.clear();
        remembered.gathered = more;
      }
      return this.#viewOf(remembered, trusted, now);
    });
    // What could not be asked may have been remembered in part.
    this.#last = view.catch(() => {
      this.#remembered = null;
    });
    return view;
  }

  async #present(): Promise<Remembered> {
    const now = performance.now();
    const known = this.#remembered;
    const isOver =
      known === null ||
      now - known.since > KEPT_MS ||
      known.asked.size > QUESTIONS_MAX ||
      known.gathered.certificates.size > CERTIFICATES_MAX;
    if (!isOver && now - known.checked < this.#everyMs) return known;
    // Asked before anything else, so that what changes meanwhile is noticed the next time.
    const mark = await inventoryMark(this.#database);
    if (!isOver && known.mark === mark) {
      known.checked = now;
      return known;
    }
    const fresh: Remembered = {
      ...{ mark, since: now, checked: now, views: new Map() },
      ...{ asked: new Set(), gathered: NOTHING_GATHERED },
    };
    this.#remembered = fresh;
    return fresh;
  }

  #viewOf(remembered: Remembered, trusted: ReadonlySet<string> | null, now: number): Promise<InventoryView> {
    const known = remembered.views.get(trusted);
    if (known !== undefined) return known;
    if (remembered.views.size >= VIEWS_MAX) remembered.views.clear();
    const view = asTrusted(this.#database, remembered.gathered, trusted, now).then((whole) => whole.view);
    remembered.views.set(trusted, view);
    return view;
  }
}

const memories = new WeakMap<Database, RememberedInventory>();

/** The one of a database. */
export function rememberedInventory(database: Database): RememberedInventory {
  const memory = memories.get(database) ?? new RememberedInventory(database);
  memories.set(database, memory);
  return memory;
}
