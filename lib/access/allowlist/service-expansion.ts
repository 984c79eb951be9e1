import {
  type AllowlistEntry,
  type Expansion,
  type ExpansionQuestion,
  entryOf,
  type LeftOut,
  leftOutFor,
  nextMoment,
  ofAnyAge,
} from "#lib/access/allowlist/allowlist-entries.ts";
import type { Candidate } from "#lib/access/allowlist/candidate.ts";
import type { Snapshot } from "#lib/access/decide/snapshot.ts";
import { letOthersRun } from "#lib/loop-turn.ts";

/** What is expanded. */
export interface ExpansionSource {
  /** Certificates of the inventory by their ids. */
  candidates: ReadonlyMap<string, Candidate>;
  /** SHA-256 fingerprints of credentials whose certificate is not in the inventory. */
  unknownCertificates: ReadonlySet<string>;
}

/** Entries are in pieces by the first two digits of their fingerprints: none is long to sort, or to change. */
const PIECES = 256;

/**
 * A service's decision expanded over all certificates that are known, and kept: a change costs no more than what it
 * touched. Others have their turn in between.
 */
export class ServiceExpansion {
  readonly #service: string;
  #pieces: AllowlistEntry[][] = [];
  /** What is left out, by the SHA-256 of its certificate. */
  readonly #unknown = new Map<string, LeftOut>();
  /** How the service was, as text; null while nothing is right. */
  #view: string | null = null;
  /** With which authorities. */
  #authorities: Snapshot["authorities"] | null = null;
  #expansion: Expansion = { entries: [], leftOut: [], changesAt: 0 };

  /** @param service short name */
  constructor(service: string) {
    this.#service = service;
  }

  /**
   * The present state.
   *
   * @param touched ids of candidates, and fingerprints of unknown certificates, about which anything may be otherwise
   *   than the last time; null for all
   * @param now milliseconds since 1970
   */
  async at(
    snapshot: Snapshot,
    source: ExpansionSource,
    touched: ReadonlySet<string> | null,
    now: number,
  ): Promise<Expansion> {
    const question = { snapshot: ofAnyAge(snapshot), service: this.#service, now };
    const service = snapshot.service(this.#service);
    const view = JSON.stringify(service);
    const isSame =
      touched !== null &&
      this.#view === view &&
      this.#authorities === snapshot.authorities &&
      now < this.#expansion.changesAt;
    // What is half done would be wrong the next time.
    this.#view = null;
    this.#authorities = snapshot.authorities;
    const leftOut = isSame ? this.#expansion.leftOut : [];
    if (!isSame) {
      this.#pieces = Array.from({ length: PIECES }, () => []);
      this.#unknown.clear();
    }
    let isChanged = !isSame;
    let changesAt = isSame ? this.#expansion.changesAt : Number.POSITIVE_INFINITY;
    if (service !== null) {
      for (const key of isSame ? touched : keysOf(source)) {
        await letOthersRun();
        const candidate = source.candidates.get(key);
        const done =
          candidate === undefined
            ? this.#putUnknown(key, source, question)
            : this.#put(candidate, question, isSame);
        isChanged = done || isChanged;
        changesAt = Math.min(changesAt, nextMoment(candidate ?? key, question));
      }
    }
    if (!isSame) await this.#sort();
    this.#expansion = isChanged
      ? { entries: await this.#entries(), leftOut: this.#leftOut(service?.isLearning ?? false), changesAt }
      : { entries: this.#expansion.entries, leftOut, changesAt };
    this.#view = view;
    return this.#expansion;
  }

  /** @param isThere whether an entry may be there already @returns whether the list changed */
  #put(candidate: Candidate, question: ExpansionQuestion, isThere: boolean): boolean {
    const { sha256 } = candidate.certificate;
    const piece = this.#pieces[Number.parseInt(sha256.slice(0, 2), 16) % PIECES] ?? [];
    const entry = entryOf(candidate, question);
    const isLeftOut = this.#unknown.delete(sha256);
    if (!isThere) {
      if (entry !== null) piece.push(entry);
      return entry !== null;
    }
    const at = piece.findIndex((each) => each.candidate.id === candidate.id);
    if (at >= 0) piece.splice(at, 1);
    if (entry !== null) {
      const behind = piece.findIndex((each) => each.candidate.certificate.sha256 > sha256);
      piece.splice(behind < 0 ? piece.length : behind, 0, entry);
    }
    return at >= 0 || entry !== null || isLeftOut;
  }

  #putUnknown(sha256: string, source: ExpansionSource, question: ExpansionQuestion): boolean {
    const was = this.#unknown.delete(sha256);
    const leftOut = source.unknownCertificates.has(sha256) ? leftOutFor(sha256, question) : null;
    if (leftOut !== null) this.#unknown.set(sha256, leftOut);
    return was || leftOut !== null;
  }

  /** Sorting a hundred thousand at once would hold everybody up. */
  async #sort(): Promise<void> {
    for (const piece of this.#pieces) {
      await letOthersRun();
      piece.sort((a, b) => (a.candidate.certificate.sha256 < b.candidate.certificate.sha256 ? -1 : 1));
    }
  }

  async #entries(): Promise<AllowlistEntry[]> {
    const entries: AllowlistEntry[] = [];
    for (const piece of this.#pieces) {
      await letOthersRun();
      for (const entry of piece) entries.push(entry);
    }
    return entries;
  }

  #leftOut(isLearning: boolean): LeftOut[] {
    const clients = new Map<string, LeftOut>();
    for (const leftOut of this.#unknown.values()) clients.set(leftOut.client?.id ?? "", leftOut);
    const named = [...clients].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, leftOut]) => leftOut);
    return isLearning ? [{ reason: "learning", client: null }, ...named] : named;
  }
}

function* keysOf({ candidates, unknownCertificates }: ExpansionSource): Generator<string> {
  yield* candidates.keys();
  yield* unknownCertificates;
}
