import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { ALLOWLIST_WRITERS, allowlistBody } from "#lib/access/allowlist/allowlist-file.ts";
import { ALLOWLIST_FORMATS, type AllowlistFormat } from "#lib/access/allowlist/allowlist-format.ts";
import type { Candidate } from "#lib/access/allowlist/candidate.ts";
import { ServiceExpansion } from "#lib/access/allowlist/service-expansion.ts";
import { readAllowlist } from "#lib/access/allowlist/testdata/allowlist-reader.ts";
import { ChangedSnapshot } from "#lib/access/decide/changed-snapshot.ts";
import { decide } from "#lib/access/decide/decide.ts";
import { packWorld } from "#lib/access/decide/packed-snapshot.ts";
import type { PresentedCertificate } from "#lib/access/decide/request.ts";
import type { Snapshot } from "#lib/access/decide/snapshot.ts";
import { certificate, moment, request, world } from "#lib/access/decide/testdata/random-world.ts";

/** As its proxies see a certificate; what they see of it is as different as certificates are. */
function candidateOf(presented: PresentedCertificate): Candidate {
  const { sha256 } = presented;
  return { id: `id-${sha256}`, sha1: `1${sha256}`, pemSha1: `2${sha256}`, certificate: presented };
}

/** Mostly nothing is wrong with a certificate, or nobody would ever enter. */
const usual = fc.tuple(certificate, fc.integer({ min: 0, max: 3 })).map(([presented, luck]) => {
  if (luck === 0) return presented;
  const fine = {
    notBefore: 0,
    notAfter: 8e15,
    isForClients: true,
    strength: 128,
    revocation: "good",
  } as const;
  return { ...presented, ...fine };
});

/** Some that credentials pin, and some that they do not. */
const inventory = fc.uniqueArray(
  fc
    .tuple(usual, fc.constantFrom("aa", "bb", "cc", "dd", "ee", "ff"))
    .map(([presented, sha256]) => candidateOf({ ...presented, sha256 })),
  { selector: ({ id }) => id, maxLength: 5 },
);

const MADE = new Date("2026-03-01T12:00:00Z");

const sourceOf = (candidates: readonly Candidate[], unknown: readonly string[] = []) => ({
  candidates: new Map(candidates.map((each) => [each.id, each])),
  unknownCertificates: new Set(unknown),
});

async function fileOf(
  format: AllowlistFormat,
  snapshot: Snapshot,
  service: string,
  candidates: readonly Candidate[],
  now: number,
): Promise<string> {
  const known = candidates.filter((each) => snapshot.credentialsOf(each.certificate).length > 0);
  const expansion = await new ServiceExpansion(service).at(snapshot, sourceOf(known), null, now);
  const { pieces, entries, leftOut } = await allowlistBody(format, expansion);
  const head = ALLOWLIST_WRITERS[format].head({
    service,
    format,
    version: 3,
    madeAt: MADE,
    entries,
    leftOut,
  });
  return head + Buffer.concat(pieces).toString("utf8");
}

/** Worlds in which most of what is there counts now. */
const lively = fc
  .tuple(world, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }))
  .map(([given, odd]) => ({
    ...given,
    usableUntil: Number.POSITIVE_INFINITY,
    authorities: odd[0] ? given.authorities : new Map(),
    services: given.services.map((each, index) => (odd[index] ? each : { ...each, authorities: [] })),
    clients: given.clients.map((each, index) =>
      odd[index] ? each : { ...each, status: "active" as const, expiresAt: Number.POSITIVE_INFINITY },
    ),
    credentials: given.credentials.map((each, index) => (odd[index] ? each : { ...each, ...ALWAYS })),
    grants: [
      ...given.grants.map((each, index) => (odd[index] ? each : { ...each, ...ALWAYS })),
      ...given.clients.map((_, client) => ({ client, service: 0, ...ALWAYS, paths: [], methods: [] })),
    ],
  }));

const ALWAYS = { startsAt: 0, endsAt: Number.POSITIVE_INFINITY };

const scene = fc.record({
  world: lively,
  inventory,
  stranger: certificate,
  asked: request,
  now: moment,
  format: fc.constantFrom(...ALLOWLIST_FORMATS),
});

type Scene = typeof scene extends fc.Arbitrary<infer S> ? S : never;

test("every file admits of the inventory whom the decision grants entry, and nobody else", async () => {
  const counts = new Map<string, number>();
  const property = async ({ world: given, inventory: candidates, asked, now }: Scene) => {
    const snapshot = packWorld(given);
    for (const service of ["payments", "orders", "nowhere"]) {
      for (const format of ALLOWLIST_FORMATS) {
        const admits = readAllowlist(format, await fileOf(format, snapshot, service, candidates, now));
        // Only json knows of paths and methods; whoever needs one is denied by all others.
        const { method, path } = format === "json" ? asked : { method: null, path: null };
        for (const candidate of candidates) {
          const presented = candidate.certificate;
          const decision = decide(snapshot, { service, method, path, certificate: presented }, now);
          const client = decision.client === null ? null : snapshot.client(decision.client);
          const found = admits({ candidate, method, path, now });
          // A service that learns, or fails open, admits more than a file can tell.
          expect(found !== null, format).toBe(decision.reason === "granted");
          if (found === null) continue;
          counts.set(format, (counts.get(format) ?? 0) + 1);
          if (format !== "envoy") expect(found).toEqual({ id: client?.id, name: client?.name });
        }
      }
    }
  };
  await fc.assert(fc.asyncProperty(scene, property), { numRuns: FUZZ_RUNS, seed: SEED });
  // It was not about worlds in which nobody may enter.
  for (const format of ALLOWLIST_FORMATS) expect(counts.get(format), format).toBeGreaterThan(FUZZ_RUNS / 20);
});

test("no file admits a certificate outside of the inventory, however much it is like one inside", async () => {
  const alike = new Map<string, number>();
  const property = async ({ world: given, inventory: candidates, stranger, asked, now }: Scene) => {
    const snapshot = packWorld(given);
    const { method, path } = asked;
    const service = "payments"; // of which everybody was granted everything
    for (const format of ALLOWLIST_FORMATS) {
      const admits = readAllowlist(format, await fileOf(format, snapshot, service, candidates, now));
      for (const { certificate: listed } of candidates) {
        // Another certificate: of the same key, of the same names, of both and all else, and one of nothing of it.
        const strangers: PresentedCertificate[] = [
          { ...listed, names: stranger.names },
          { ...listed, keySha256: stranger.keySha256 },
          listed,
          stranger,
        ].map((each, index) => ({ ...each, sha256: `${listed.sha256}0${index}` }));
        const isListed = admits({ candidate: candidateOf(listed), method, path, now }) !== null;
        for (const presented of strangers) {
          const isAdmitted = admits({ candidate: candidateOf(presented), method, path, now }) !== null;
          const decision = decide(snapshot, { service, method, path, certificate: presented }, now);
          if (isAdmitted) expect(decision.reason, format).toBe("granted");
          // What a proxy sees of a certificate is that certificate: nobody else enters by it.
          expect(isAdmitted, format).toBe(false);
          if (!isListed || presented === strangers.at(-1)) continue;
          const kind = decision.reason === "granted" ? "granted" : "refused";
          for (const key of [format, `${format} ${kind}`]) alike.set(key, (alike.get(key) ?? 0) + 1);
        }
      }
    }
  };
  await fc.assert(fc.asyncProperty(scene, property), { numRuns: FUZZ_RUNS, seed: SEED });
  // Beside one that was let in there was a stranger like it, and often one that is to be refused.
  for (const format of ALLOWLIST_FORMATS) {
    expect(alike.get(format), format).toBeGreaterThan(FUZZ_RUNS / 5);
    expect(alike.get(`${format} refused`), format).toBeGreaterThan(FUZZ_RUNS / 30);
  }
});

test("a file stays what it is until the time that it says", async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ world: given, inventory: candidates, asked, now, format }) => {
      const snapshot = packWorld(given);
      const source = sourceOf(candidates, ["aa", "bb"]);
      const expand = (at: number) => new ServiceExpansion(asked.service).at(snapshot, source, null, at);
      const before = await expand(now);
      const after = await expand(Math.min(before.changesAt - 1, now + 20_000));
      expect((await allowlistBody(format, after)).sha256).toBe((await allowlistBody(format, before)).sha256);
      expect(after.leftOut).toEqual(before.leftOut);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("what a change touched is enough to look at", async () => {
  await fc.assert(
    fc.asyncProperty(scene, inventory, moment, fc.boolean(), async (about, other, time, isRevoked) => {
      const { world: given, asked, ...first } = about;
      // Certificates change, and come; none goes.
      const later = [...sourceOf([...first.inventory, ...other]).candidates.values()];
      const snapshot = new ChangedSnapshot(packWorld(given));
      const kept = new ServiceExpansion(asked.service);
      await kept.at(snapshot, sourceOf(first.inventory, ["aa", "bb"]), null, first.now);
      const touched = new Set([...other.map(({ id }) => id), "aa", "bb", "cc"]);
      const now = Math.max(first.now, time);
      // How authorities are touches everything below them.
      if (isRevoked) snapshot.authorities = new Map([["one", { state: "revoked", notAfter: 8e15 }]]);
      const expansion = await kept.at(snapshot, sourceOf(later, ["bb", "cc"]), touched, now);
      const anew = new ServiceExpansion(asked.service);
      const { changesAt, ...lists } = await anew.at(snapshot, sourceOf(later, ["bb", "cc"]), null, now);
      expect(expansion).toMatchObject(lists);
      // Looked at too early is only looked at once more.
      expect(expansion.changesAt).toBeLessThanOrEqual(changesAt);
      expect(expansion.changesAt).toBeGreaterThan(now);
      // What nothing touched is the same, and not a copy of it.
      const again = await kept.at(snapshot, sourceOf(later, ["bb", "cc"]), new Set(), now);
      expect(again.entries).toBe(expansion.entries);
      expect(again.leftOut).toBe(expansion.leftOut);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("no name of a client means anything to a proxy", async () => {
  const names = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(
      '";}',
      "a\nb 1;",
      "$x",
      "{http.request.host}",
      "%1",
      "# ",
      "'",
      "`",
      "~x",
      "a/b",
      "\ud800",
    ),
  );
  await fc.assert(
    fc.asyncProperty(names, fc.constantFrom(...ALLOWLIST_FORMATS), async (name, format) => {
      const snapshot = packWorld({
        usableUntil: Number.POSITIVE_INFINITY,
        services: [
          { slug: "payments", minimumStrength: 0, authorities: [], isLearning: false, failsOpen: false },
        ],
        clients: [{ id: "one", name, status: "active", expiresAt: Number.POSITIVE_INFINITY }],
        credentials: [
          {
            id: "c",
            client: 0,
            kind: "certificate",
            sha256: "aa",
            startsAt: 0,
            endsAt: Number.POSITIVE_INFINITY,
          },
        ],
        grants: [
          { client: 0, service: 0, startsAt: 0, endsAt: Number.POSITIVE_INFINITY, paths: [], methods: [] },
        ],
      });
      const candidate = candidateOf({
        ...{ sha256: "aa", keySha256: "bb", names: [], issuer: null, notBefore: 0, notAfter: 8e15 },
        ...{ isForClients: true, strength: 128, revocation: "good" },
      });
      const text = await fileOf(format, snapshot, "payments", [candidate], 1);
      const found = readAllowlist(format, text)({ candidate, method: null, path: null, now: 1 });
      expect(found).toEqual(
        format === "envoy" ? { id: "", name: null } : { id: "one", name: name.toWellFormed() },
      );
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test("an Envoy without anybody to admit admits nobody", async () => {
  const empty = packWorld({
    ...{ usableUntil: Number.POSITIVE_INFINITY, clients: [], credentials: [], grants: [] },
    services: [
      { slug: "payments", minimumStrength: 0, authorities: [], isLearning: false, failsOpen: false },
    ],
  });
  const text = await fileOf("envoy", empty, "payments", [], 0);
  expect(text).toMatch(/verify_certificate_hash:\n {4}- "0{64}"\n$/);
});
