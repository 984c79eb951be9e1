import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { Expansion } from "#lib/access/allowlist/allowlist-entries.ts";
import { ALLOWLIST_WRITERS, allowlistBody } from "#lib/access/allowlist/allowlist-file.ts";
import {
  type AllowlistName,
  type AllowlistOrigin,
  allowlistTime,
  settleVersion,
} from "#lib/access/allowlist/allowlist-version.ts";
import { type AccessState, accessState, Candidates } from "#lib/access/allowlist/candidates.ts";
import { ServiceExpansion } from "#lib/access/allowlist/service-expansion.ts";
import type { Snapshot } from "#lib/access/decide/snapshot.ts";
import type { KnownIssuers } from "#lib/access/known-issuers.ts";
import { isDatabaseAway } from "#lib/database.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

/** Which list a proxy asks for. */
export interface AskedAllowlist extends AllowlistName {
  /** Short name of the service. */
  service: string;
}

/** A list as it is served. */
export interface AllowlistFile {
  version: number;
  madeAt: Date;
  /** Strong, with its quotation marks: the version and the begin of the hash of what is listed. */
  etag: string;
  /** Media type. */
  type: string;
  /** UTF-8. */
  pieces: Buffer[];
  size: number;
}

interface Made {
  file: AllowlistFile;
  origin: AllowlistOrigin;
  issuers: KnownIssuers | null;
  expansion: Expansion;
}

/** A service's decision, expanded. */
interface Expanded {
  service: ServiceExpansion;
  /** What had been touched when it was expanded last. */
  revision: number;
}

const AWAY = "The database cannot be reached just now, and the last list has ended; ask again.";

/** So often a list is made again when the state changed meanwhile, and so long is waited in between. */
const ATTEMPTS = 50;
const BETWEEN_MS = 100;

/** After so many the last file is served in between, as decisions are made on the last snapshot, too. */
const PATIENT_ATTEMPTS = 10;

/**
 * The allowlists of services, as files of one moment: kept in memory, and made anew when anything changed on which
 * they depend, time included. One is made at a time.
 *
 * Measured with 100,000 clients of one service, on one of two busy processors: the first takes 7 s of processor time,
 * in slices of some 10 ms, and 150 MB of memory; after a click, a revocation or a new certificate 0.2 s, 0.3 s and
 * 0.01 s until there is another file of 10 MB.
 */
export class AllowlistFiles {
  readonly #installation: Installation;
  readonly #access: AccessSnapshot;
  readonly #candidates: Candidates;
  readonly #made = new Map<string, Made>();
  /** By the id of the service. */
  readonly #expanded = new Map<string, Expanded>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(installation: Installation, access: AccessSnapshot) {
    this.#installation = installation;
    this.#access = access;
    this.#candidates = new Candidates(installation, access);
  }

  /**
   * The present file. Without the database the last one is served as long as decisions would be made, too, and
   * nothing in it has begun or ended.
   *
   * @throws DomainError `unavailable` when it cannot be made just now; what the database throws
   */
  present(asked: AskedAllowlist): Promise<AllowlistFile> {
    const work = async () => {
      // Asking a database that is known to be away would only keep others waiting.
      if (this.isAway) return this.#kept(asked) ?? Promise.reject(new DomainError("unavailable", AWAY));
      try {
        return await this.#present(asked);
      } catch (error) {
        const kept = isDatabaseAway(error) ? this.#kept(asked) : null;
        if (kept === null) throw error;
        return kept;
      }
    };
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => {});
    return mine;
  }

  /** Whether the database is known not to answer. */
  get isAway(): boolean {
    return this.#access.awaySince !== null;
  }

  /** Forgets a file that nobody asks for any more. */
  forget(asked: AskedAllowlist): void {
    this.#made.delete(keyOf(asked));
    const isAsked = [...this.#made.keys()].some((key) => key.startsWith(`${asked.serviceId} `));
    if (!isAsked) this.#expanded.delete(asked.serviceId);
  }

  /** The last file while it may still be used without the database. */
  #kept(asked: AskedAllowlist): AllowlistFile | null {
    const made = this.#made.get(keyOf(asked));
    const until = Math.min(made?.expansion.changesAt ?? 0, this.#access.current?.usableUntil ?? 0);
    return made !== undefined && this.#installation.clock.now().getTime() < until ? made.file : null;
  }

  async #present(asked: AskedAllowlist): Promise<AllowlistFile> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
      const kept = attempt < PATIENT_ATTEMPTS ? null : this.#kept(asked);
      if (kept !== null) return kept;
      const state = await this.#state();
      if (state === null) continue;
      const before = this.#made.get(keyOf(asked));
      if (before !== undefined && this.#isRight(before, state)) return before.file;
      const made = await this.#make(asked, state);
      if (made === null) continue;
      this.#made.set(keyOf(asked), made);
      return made.file;
    }
    throw new DomainError("unavailable", "Too much changes just now for a list to be made; ask again.");
  }

  /** The state that the snapshot has; null while it has not taken in what the database has. */
  async #state(): Promise<AccessState | null> {
    const state = await accessState(this.#installation.database);
    const { counter } = this.#access;
    return counter === null || counter < state.access ? null : { ...state, access: counter };
  }

  #isRight(
    { origin, issuers, expansion }: Made,
    { access, revocations, certificates }: AccessState,
  ): boolean {
    const { state } = origin;
    return (
      this.#installation.clock.now().getTime() < expansion.changesAt &&
      state.access === access &&
      state.revocations === revocations &&
      state.certificates === certificates &&
      issuers === this.#access.issuers &&
      !this.#candidates.isWaiting
    );
  }

  /** @returns null when it is older than what another instance made */
  async #make(asked: AskedAllowlist, state: AccessState): Promise<Made | null> {
    const { current: snapshot, issuers } = this.#access;
    if (snapshot === null) return null;
    await this.#candidates.follow(state);
    const at = await allowlistTime(this.#installation, asked);
    const expansion = await this.#expand(snapshot, asked, at.getTime());
    const before = this.#made.get(keyOf(asked));
    if (before?.expansion.entries === expansion.entries && before.expansion.leftOut === expansion.leftOut) {
      return { file: before.file, issuers, origin: { at, state }, expansion };
    }
    const body = await allowlistBody(asked.format, expansion);
    const settled = await settleVersion(this.#installation, asked, body, { at, state });
    if (settled === null) return null;
    const { version, madeAt } = settled;
    const { head, type } = ALLOWLIST_WRITERS[asked.format];
    const { service, format } = asked;
    const { entries, leftOut } = body;
    const pieces = [
      Buffer.from(head({ service, format, version, madeAt, entries, leftOut })),
      ...body.pieces,
    ];
    const file: AllowlistFile = {
      ...{ version, madeAt, type, pieces },
      etag: `"v${version}-${body.sha256.slice(0, 16)}"`,
      size: pieces.reduce((sum, piece) => sum + piece.length, 0),
    };
    return { file, issuers, origin: { at, state }, expansion };
  }

  async #expand(snapshot: Snapshot, { serviceId, service }: AskedAllowlist, now: number): Promise<Expansion> {
    const { touched } = this.#candidates;
    const known = this.#expanded.get(serviceId);
    const expanded = known ?? { service: new ServiceExpansion(service), revision: 0 };
    this.#expanded.set(serviceId, expanded);
    const { revision } = touched;
    const changed = known === undefined ? null : touched.since(known.revision);
    const expansion = await expanded.service.at(snapshot, this.#candidates, changed, now);
    expanded.revision = revision;
    return expansion;
  }
}

const keyOf = ({ serviceId, format }: AllowlistName) => `${serviceId} ${format}`;
