import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import type { Candidate } from "#lib/access/allowlist/candidate.ts";
import { readCandidates, readRevocations } from "#lib/access/allowlist/candidate-read.ts";
import { findCandidates } from "#lib/access/allowlist/candidate-search.ts";
import { type RecentCertificates, recentCertificates } from "#lib/access/allowlist/recent-certificates.ts";
import type { ExpansionSource } from "#lib/access/allowlist/service-expansion.ts";
import { TouchedCertificates } from "#lib/access/allowlist/touched-certificates.ts";
import type { Snapshot } from "#lib/access/decide/snapshot.ts";
import type { KnownIssuers } from "#lib/access/known-issuers.ts";
import type { Database } from "#lib/database.ts";
import type { Installation } from "#lib/installation.ts";

/** What lists depend on, as numbers that differ when it changed. */
export interface AccessState {
  /** Ground.access and Ground.revocations. */
  access: number;
  revocations: number;
  /** How many certificates the inventory has: none is ever taken out but old ones of ours that nobody presents. */
  certificates: number;
}

/** Reads the present state: two small queries. */
export async function accessState({ read }: Pick<Database, "read">): Promise<AccessState> {
  const { access, revocations } = await read.ground.findUniqueOrThrow({
    where: { id: 1 },
    select: { access: true, revocations: true },
  });
  const { _sum } = await read.certificateCohort.aggregate({ _sum: { count: true } });
  return { access, revocations, certificates: _sum.count ?? 0 };
}

/** More changed clients than this are not looked at one by one. */
const CHANGES_MAX = 5_000;

/**
 * The certificates of the inventory that credentials fit, kept in memory and following the database: changed clients
 * one by one, new certificates as they come, revocations of those that are here. Some 1.5 kB
 * each.
 */
export class Candidates implements ExpansionSource {
  readonly #installation: Installation;
  readonly #access: AccessSnapshot;
  readonly #candidates = new Map<string, Candidate>();
  readonly #unknown = new Set<string>();
  #state: AccessState | null = null;
  #issuers: KnownIssuers | null = null;
  #recent: RecentCertificates | null = null;

  constructor(installation: Installation, access: AccessSnapshot) {
    this.#installation = installation;
    this.#access = access;
  }

  get candidates(): ReadonlyMap<string, Candidate> {
    return this.#candidates;
  }

  get unknownCertificates(): ReadonlySet<string> {
    return this.#unknown;
  }

  /** Which of them were touched by changes: their ids, and the fingerprints of unknown ones. */
  readonly touched = new TouchedCertificates();

  /**
   * Takes in what has changed. After a failure everything is read anew.
   *
   * @param state of which the snapshot is, see `accessState`
   * @throws whatever the database throws
   */
  async follow(state: AccessState): Promise<void> {
    const { current: snapshot, issuers } = this.#access;
    if (snapshot === null || issuers === null) return;
    // How authorities are is not asked of certificates.
    const before = this.#issuers?.standsFor === issuers.standsFor ? this.#state : null;
    this.#state = null;
    this.#issuers = issuers;
    if (before === null || !(await this.#takeIn(before, state, snapshot, issuers))) {
      await this.#readAll(issuers);
    }
    this.#state = state;
  }

  /** Whether certificates are just being issued: these come without a change of the state. */
  get isWaiting(): boolean {
    return this.#recent === null || this.#recent.pending.length > 0;
  }

  /** @returns false when there is too much for that */
  async #takeIn(
    before: AccessState,
    state: AccessState,
    snapshot: Snapshot,
    issuers: KnownIssuers,
  ): Promise<boolean> {
    const { database } = this.#installation;
    if (this.isWaiting || state.certificates !== this.#recent?.count) {
      const recent = await recentCertificates(database, this.#recent);
      if (recent === null) return false;
      this.#recent = recent;
      for await (const candidate of readCandidates(database, recent.added, issuers)) {
        if (snapshot.credentialsOf(candidate.certificate).length === 0) continue;
        this.#add(candidate);
        this.touched.note([candidate.id, candidate.certificate.sha256]);
      }
    }
    if (state.access !== before.access) {
      const changed = await database.read.client.findMany({
        where: { change: { gt: before.access } },
        select: { id: true },
        take: CHANGES_MAX + 1,
      });
      if (changed.length > CHANGES_MAX) return false;
      await this.#search(
        changed.map(({ id }) => id),
        issuers,
      );
    }
    if (state.revocations !== before.revocations) await this.#readRevocations();
    return true;
  }

  async #readAll(issuers: KnownIssuers): Promise<void> {
    const { database } = this.#installation;
    this.#candidates.clear();
    this.#unknown.clear();
    this.touched.note(null);
    // Looked at before the search: what comes meanwhile is found twice rather than never.
    this.#recent = await recentCertificates(database, null);
    await this.#search(null, issuers);
  }

  async #search(clientIds: readonly string[] | null, issuers: KnownIssuers): Promise<void> {
    const { database } = this.#installation;
    const { ids, unknown } = await findCandidates(database, clientIds);
    for (const sha256 of unknown) this.#unknown.add(sha256);
    const missing = [...ids].filter((id) => !this.#candidates.has(id));
    for await (const candidate of readCandidates(database, missing, issuers)) this.#add(candidate);
    this.touched.note(clientIds === null ? null : [...ids, ...unknown]);
  }

  #add(candidate: Candidate): void {
    this.#candidates.set(candidate.id, candidate);
    this.#unknown.delete(candidate.certificate.sha256);
  }

  async #readRevocations(): Promise<void> {
    const revoked = await readRevocations(this.#installation.database, [...this.#candidates.keys()]);
    const touched: string[] = [];
    for (const [id, candidate] of this.#candidates) {
      const revocation = revoked.get(id) ?? "good";
      if (candidate.certificate.revocation === revocation) continue;
      this.#candidates.set(id, { ...candidate, certificate: { ...candidate.certificate, revocation } });
      touched.push(id);
    }
    this.touched.note(touched);
  }
}
