import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { Expansion } from "#lib/access/allowlist/allowlist-entries.ts";
import { ALLOWLIST_WRITERS, allowlistBody } from "#lib/access/allowlist/allowlist-file.ts";
import {
  type AllowlistBasis,
  type AllowlistName,
  allowlistBasis,
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
  /** Of the database, when it was made. */
  state: AccessState;
  issuers: KnownIssuers | null;
  expansion: Expansion;
}

/** Of which state a list must be at least. */
interface Floor {
  basis: AllowlistBasis;
  /** Read after that. */
  state: AccessState;
}

/** A service's decision, expanded. */
interface Expanded {
  service: ServiceExpansion;
  /** What had been touched when it was expanded last. */
  revision: number;
}

const AWAY = "The database cannot be reached just now, and the last list has ended; ask again.";

/** So often it is tried while the snapshot is behind, or others were faster, and so long is waited in between. */
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
    let floor: Floor | null = null;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
      // Stays what it is while the snapshot follows: it catches up with one state, however fast everything changes.
      floor ??= await this.#floor(asked);
      const kept = attempt < PATIENT_ATTEMPTS ? null : this.#kept(asked);
      if (kept?.version === floor.basis.version) return kept;
      const { counter } = this.#access;
      if (counter === null || counter < floor.state.access) continue;
      const state = { ...floor.state, access: counter };
      const before = this.#made.get(keyOf(asked));
      if (before !== undefined && this.#isRight(before, floor.basis, state)) return before.file;
      const made = await this.#make(asked, floor.basis, state);
      if (made !== null) {
        this.#made.set(keyOf(asked), made);
        return made.file;
      }
      floor = null;
    }
    throw new DomainError("unavailable", "Too much changes just now for a list to be made; ask again.");
  }

  async #floor(asked: AskedAllowlist): Promise<Floor> {
    const basis = await allowlistBasis(this.#installation, asked);
    return { basis, state: await accessState(this.#installation.database) };
  }

  #isRight(
    { file, state, issuers, expansion }: Made,
    { version }: AllowlistBasis,
    { access, revocations, certificates }: AccessState,
  ): boolean {
    return (
      file.version === version &&
      this.#installation.clock.now().getTime() < expansion.changesAt &&
      state.access === access &&
      state.revocations === revocations &&
      state.certificates === certificates &&
      issuers === this.#access.issuers &&
      !this.#candidates.isWaiting
    );
  }

  /** @returns null when another instance was faster */
  async #make(asked: AskedAllowlist, basis: AllowlistBasis, state: AccessState): Promise<Made | null> {
    const { current: snapshot, issuers } = this.#access;
    if (snapshot === null) return null;
    await this.#candidates.follow(state);
    const at = allowlistTime(this.#installation, basis);
    const expansion = await this.#expand(snapshot, asked, at.getTime());
    const before = this.#made.get(keyOf(asked));
    if (
      before?.file.version === basis.version &&
      before.expansion.entries === expansion.entries &&
      before.expansion.leftOut === expansion.leftOut
    ) {
      return { file: before.file, issuers, state, expansion };
    }
    const body = await allowlistBody(asked.format, expansion);
    const settled = await settleVersion(this.#installation, asked, body, basis, at);
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
    return { file, issuers, state, expansion };
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
