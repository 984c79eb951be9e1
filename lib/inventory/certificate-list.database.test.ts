import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { fixedClock } from "#lib/clock.ts";
import type { Reader } from "#lib/database.ts";
import { annotateCertificates } from "#lib/inventory/annotate.ts";
import { countCertificates } from "#lib/inventory/certificate-count.ts";
import { annotationFacets, certificateFacets } from "#lib/inventory/certificate-facets.ts";
import {
  CERTIFICATE_KINDS,
  type CertificateFilter,
  EVERY_CERTIFICATE,
  filterParameters,
  parseFilter,
} from "#lib/inventory/certificate-filter.ts";
import {
  type CertificatePage,
  LAST_PAGE,
  listCertificates,
  matchingCertificateIds,
} from "#lib/inventory/certificate-list.ts";
import {
  CERTIFICATE_SORTS,
  type CertificateSort,
  orderOf,
  type Position,
} from "#lib/inventory/certificate-order.ts";
import { findPage } from "#lib/inventory/certificate-page.ts";
import { RISK_CODES, type Risk, riskBits } from "#lib/inventory/certificate-risks.ts";
import { parseSearch } from "#lib/inventory/certificate-search.ts";
import { CERTIFICATE_STATUSES, certificateStatus } from "#lib/inventory/certificate-status.ts";
import { cohortIssuerName, enterCohort, sortNameOf } from "#lib/inventory/cohort.ts";
import { selectCohorts } from "#lib/inventory/cohort-selection.ts";
import { sqlSteps } from "#lib/sql-steps.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const viewer = testActor("viewer");
let installation: TestInstallation;

beforeAll(async () => {
  installation = await testInstallation(fixedClock(NOW));
});
afterAll(() => installation.close());

/** Few values, so that they meet: wildcards of SQL, two cases, letters of four bytes, one name that begins another. */
const NAMES = ["a", "ab", "A%b", "a_b", "%", "é.b", "ab.é", "🦊a", "a🦊", "b.a.b", "Ωb", "*.a.b"];
const OWNERS = ["", "ops", "Ops", "o%"];
const TAGS = ["a", "ab", "b", "a_b"];
const ISSUERS = ["CN=One", "CN=Two", `CN=${"x".repeat(310)}`];
const ALGORITHMS = ["ecdsa-p256", "rsa-2048"];
const SOURCES = ["csr", "import"];
/** Seconds from now to the end, and the length of a life, around the moments at which a status changes. */
const ENDS = [-90_000, -1, 0, 1, 2, 3, 99, 100, 101, 30_000, 90_000];
const LIVES = [1, 2, 3, 4, 5, 299, 300, 301, 302, 90_000, 180_000];

interface Sample {
  names: string[];
  owner: string;
  tags: string[];
  issuerName: string;
  keyAlgorithm: string;
  source: string;
  kind: "end-entity" | "authority";
  state: "active" | "superseded" | "held" | "revoked";
  risks: Risk[];
  end: number;
  life: number;
  added: number;
  serial: string;
}

const sampleOf: fc.Arbitrary<Sample> = fc.record({
  names: fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }),
  owner: fc.constantFrom(...OWNERS),
  tags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 2 }),
  issuerName: fc.constantFrom(...ISSUERS),
  keyAlgorithm: fc.constantFrom(...ALGORITHMS),
  source: fc.constantFrom(...SOURCES),
  kind: fc.constantFrom(...CERTIFICATE_KINDS),
  state: fc.constantFrom("active", "superseded", "held", "revoked"),
  risks: fc.subarray(RISK_CODES),
  end: fc.constantFrom(...ENDS),
  life: fc.constantFrom(...LIVES),
  added: fc.integer({ min: 0, max: 5 }),
  serial: fc.constantFrom("0a", "4f00a1b2c3", "4f00a1b2c4", "00", "-7b", "010203040506"),
});

const someOf = <T>(values: readonly T[]) => fc.subarray([...values], { maxLength: 2 });
/** Mostly nothing is demanded of a field. */
const seldom = <T>(values: readonly T[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant([] as T[]) }, { weight: 1, arbitrary: someOf(values) });

const SEARCHES = [
  ...NAMES,
  ...[".b", "*.b", "B", "Ab", "a b", "zz", "_", "🦊", "*", "0a", "10", "4f:00:a1", "4F00A1B2C3"],
  ...["0x4f00a1b2c3", "serial=010203040506", "1108152157446", "-7b", "00"],
];

const filterOf: fc.Arbitrary<CertificateFilter> = fc
  .record({
    search: fc.oneof({ weight: 2, arbitrary: fc.constant("") }, fc.constantFrom(...SEARCHES)),
    status: seldom(CERTIFICATE_STATUSES),
    kind: seldom(CERTIFICATE_KINDS),
    issuer: seldom(ISSUERS),
    profile: fc.constant<string[]>([]),
    algorithm: seldom(ALGORITHMS),
    owner: seldom(OWNERS),
    tag: seldom(TAGS),
    source: seldom(SOURCES),
    risk: seldom(RISK_CODES),
    expiresFrom: fc.option(fc.constantFrom(...ENDS).map(after), { freq: 3 }),
    expiresTo: fc.option(fc.constantFrom(...ENDS).map(after), { freq: 3 }),
  })
  .filter(
    ({ expiresFrom, expiresTo }) => expiresFrom === null || expiresTo === null || expiresFrom <= expiresTo,
  );

function after(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

interface Stored extends Sample {
  id: string;
  notBefore: Date;
  notAfter: Date;
  createdAt: Date;
}

let made = 0;

/** Ids in any order, as those of imports and of several instances are. */
function storedOf(sample: Sample): Stored {
  const notAfter = after(sample.end);
  const mixed = Math.imul(++made, 0x9e3779b1) >>> 0;
  return {
    ...sample,
    id: `${mixed.toString(36).padStart(8, "0")}${made}`,
    notAfter,
    notBefore: new Date(notAfter.getTime() - sample.life * 1000),
    createdAt: after(-1_000 + sample.added),
  };
}

async function add(samples: readonly Sample[]): Promise<Stored[]> {
  const stored = samples.map(storedOf);
  await installation.database.write(async (transaction) => {
    const steps = sqlSteps(installation.database, transaction);
    const cohorts: number[] = [];
    for (const { owner, tags, issuerName, keyAlgorithm, source, kind, state, risks } of stored) {
      const own = { issuerId: null, profileId: null, risks: riskBits(risks) };
      cohorts.push(
        await enterCohort(steps, { ...own, owner, tags, issuerName, keyAlgorithm, source, kind, state }),
      );
    }
    await transaction.certificate.createMany({
      data: stored.map((each, index) => ({
        id: each.id,
        serial: each.serial,
        status: "issued",
        kind: each.kind,
        displayName: each.names[0] ?? "",
        sortName: sortNameOf(each.names[0] ?? ""),
        subject: "",
        issuerName: each.issuerName,
        notBefore: each.notBefore,
        notAfter: each.notAfter,
        keyAlgorithm: each.keyAlgorithm,
        keySha256: "",
        body: new Uint8Array(),
        source: each.source,
        lineageId: each.id,
        requestedBy: "test",
        createdAt: each.createdAt,
        cohortId: cohorts[index] ?? null,
      })),
    });
    await transaction.certificateName.createMany({
      data: stored.flatMap(({ id, names }) =>
        names.map((name, position) => ({
          id: `${id}.${position}`,
          certificateId: id,
          type: "dns",
          value: name.toLowerCase(),
          reversed: [...name.toLowerCase()].reverse().join(""),
        })),
      ),
    });
  });
  return stored;
}

async function remove(ids: readonly string[]): Promise<void> {
  await installation.database.write(async (transaction) => {
    const where = { in: [...ids] };
    const rows = await transaction.certificate.findMany({ where: { id: where }, select: { cohortId: true } });
    await transaction.certificateName.deleteMany({ where: { certificateId: where } });
    await transaction.certificate.deleteMany({ where: { id: where } });
    for (const { cohortId } of rows) {
      await transaction.certificateCohort.update({
        where: { id: cohortId ?? 0 },
        data: { count: { decrement: 1 } },
      });
    }
  });
}

async function clear(): Promise<void> {
  await installation.database.write(async (transaction) => {
    await transaction.certificateName.deleteMany();
    await transaction.certificate.deleteMany();
    await transaction.certificateCohort.deleteMany();
  });
}

/** What the filter means, said as plainly as can be. */
function passes(each: Stored, filter: CertificateFilter): boolean {
  const among = <T>(list: readonly T[], value: T) => list.length === 0 || list.includes(value);
  return (
    among(filter.status, certificateStatus(each, NOW)) &&
    among(filter.kind, each.kind) &&
    among(filter.issuer.map(cohortIssuerName), cohortIssuerName(each.issuerName)) &&
    among(filter.algorithm, each.keyAlgorithm) &&
    among(filter.owner, each.owner) &&
    among(filter.source, each.source) &&
    (filter.tag.length === 0 || filter.tag.some((tag) => each.tags.includes(tag))) &&
    (filter.risk.length === 0 || filter.risk.some((risk) => each.risks.includes(risk))) &&
    (filter.expiresFrom === null || each.notAfter >= filter.expiresFrom) &&
    (filter.expiresTo === null || each.notAfter <= filter.expiresTo) &&
    (filter.search === "" || isFoundBy(each, filter.search))
  );
}

function isFoundBy({ names, serial }: Stored, search: string): boolean {
  const text = search.toLowerCase();
  const ending = text.startsWith("*.") ? text.slice(1) : text;
  const found = names.map((name) => name.toLowerCase());
  return (
    found.some((name) => name.startsWith(text) || name.endsWith(ending)) ||
    serialsFor(search).some(({ digits, isWhole }) =>
      isWhole ? serial === digits : serial.startsWith(digits),
    )
  );
}

/** By hand, for the searches that can be serial numbers. */
function serialsFor(search: string): { digits: string; isWhole: boolean }[] {
  const whole = (...digits: string[]) => digits.map((each) => ({ digits: each, isWhole: true }));
  const beginning = (...digits: string[]) => digits.map((each) => ({ digits: each, isWhole: false }));
  const table: Record<string, { digits: string; isWhole: boolean }[]> = {
    a: whole("0a"),
    ab: whole("ab"),
    "a%b": whole("ab"),
    a_b: whole("ab"),
    "b.a.b": whole("0bab"),
    "*.a.b": whole("ab"),
    ".b": whole("0b"),
    "*.b": whole("0b"),
    b: whole("0b"),
    "a b": whole("ab"),
    "0a": whole("0a"),
    "10": whole("0a", "10"),
    "4f:00:a1": beginning("4f00a1"),
    "4f00a1b2c3": beginning("4f00a1b2c3"),
    "0x4f00a1b2c3": beginning("4f00a1b2c3"),
    "serial=010203040506": beginning("010203040506"),
    "1108152157446": [...whole("010203040506"), ...beginning("1108152157446", "01108152157446")],
    "-7b": whole("-7b", "7b"),
    "00": whole("00"),
  };
  return table[search.toLowerCase()] ?? [];
}

function inOrder(certificates: readonly Stored[], sort: CertificateSort): string[] {
  const keyOf = (each: Stored) =>
    sort.endsWith("expires")
      ? each.notAfter
      : sort.endsWith("added")
        ? each.createdAt
        : sortNameOf(each.names[0] ?? "");
  const compare = (a: Stored, b: Stored) => {
    const [x, y] = [keyOf(a), keyOf(b)];
    const byKey =
      typeof x === "string"
        ? Buffer.compare(Buffer.from(x), Buffer.from(String(y)))
        : x.getTime() - Number(y);
    return byKey || (a.id < b.id ? -1 : 1);
  };
  const sorted = certificates.toSorted(compare).map(({ id }) => id);
  return sort.startsWith("-") ? sorted.reverse() : sorted;
}

const samples = fc.array(sampleOf, { minLength: 1, maxLength: 30 });
const questions = fc.array(fc.tuple(filterOf, fc.constantFrom(...CERTIFICATE_SORTS)), {
  minLength: 12,
  maxLength: 12,
});
/** Each run asks a dozen questions of a database: hundreds of runs are many minutes. */
const RUNS = { numRuns: Math.min(300, Math.ceil(FUZZ_RUNS / 15)), seed: SEED };

test(`lists and counts agree with a slow reference on random inventories (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(samples, questions, async (inventory, asked) => {
      await clear();
      const stored = await add(inventory);
      for (const [filter, sort] of asked) {
        const expected = inOrder(
          stored.filter((each) => passes(each, filter)),
          sort,
        );
        const { certificates, next } = await listCertificates(installation, viewer, { filter, sort });
        expect([filter, sort, certificates.map(({ id }) => id), next]).toEqual([
          filter,
          sort,
          expected,
          null,
        ]);
        expect(await countCertificates(installation, viewer, filter)).toEqual({
          count: expected.length,
          exact: true,
        });
        expect(parseFilter(Object.fromEntries(groupsOf(filterParameters(filter))))).toEqual({
          ...filter,
          ...Object.fromEntries(
            Object.entries(filter).flatMap(([field, value]) =>
              Array.isArray(value) ? [[field, [...value].sort()]] : [],
            ),
          ),
        });
      }
    }),
    RUNS,
  );
}, 600_000);

function groupsOf(parameters: URLSearchParams): [string, string[]][] {
  return [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]);
}

/** So low that lists of 30 go all the ways that lists of a million go. */
const EFFORTS = [
  { members: 0, gathered: 0, hoped: 0, cohortEntries: 0, whole: 0, ...looks(1, 4) },
  { members: 2, gathered: 2, hoped: 3, cohortEntries: 10, whole: 8, ...looks(3, 7) },
  { members: 4, gathered: 0, hoped: 100, cohortEntries: 0, whole: 100, ...looks(2, 100) },
];

function looks(first: number, all: number) {
  return { lookedAtWhole: { first, all }, lookedAt: { first, all } };
}

test(`however little a request may do, its pages are the same rows in the same order (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      samples,
      questions,
      fc.constantFrom(...EFFORTS),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (inventory, asked, effort, limit, backwards) => {
        await clear();
        const stored = await add(inventory);
        for (const [filter, sort] of asked) {
          const expected = inOrder(
            stored.filter((each) => passes(each, filter)),
            sort,
          );
          const seen: string[] = [];
          let position: Position | null = null;
          do {
            const found = await findPage(
              installation.database,
              {
                selection: await selectCohorts(installation.database, filter, NOW),
                search: parseSearch(filter.search),
                order: orderOf(sort),
                position,
                backwards,
                limit,
              },
              effort,
            );
            seen.push(...found.places.map(({ id }) => id));
            expect(found.places.length).toBeLessThanOrEqual(limit);
            position = found.resume;
          } while (position !== null);
          expect([filter, sort, seen]).toEqual([filter, sort, backwards ? expected.reverse() : expected]);
        }
      },
    ),
    RUNS,
  );
}, 600_000);

test(`paging in both directions meets each row that stays exactly once (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      samples,
      fc.array(fc.tuple(sampleOf, fc.nat()), { maxLength: 10 }),
      filterOf,
      fc.constantFrom(...CERTIFICATE_SORTS),
      fc.integer({ min: 1, max: 5 }),
      async (inventory, changes, filter, sort, limit) => {
        await clear();
        const there = new Map((await add(inventory)).map((each) => [each.id, each]));
        const stays = new Set([...there.values()].filter((each) => passes(each, filter)).map(({ id }) => id));
        const rest = [...changes];
        const change = async () => {
          const next = rest.pop();
          if (next === undefined) return;
          const [sample, number] = next;
          for (const each of await add([sample])) there.set(each.id, each);
          const gone = [...there.keys()][number % there.size] ?? "";
          await remove([gone]);
          there.delete(gone);
          stays.delete(gone);
        };
        const walk = async (way: "after" | "before") => {
          const seen: string[] = [];
          let cursor: string | null = way === "after" ? null : LAST_PAGE;
          do {
            const page = await listCertificates(installation, viewer, {
              filter,
              sort,
              limit,
              ...(cursor === null ? {} : { [way]: cursor }),
            });
            const ids = page.certificates.map(({ id }) => id);
            seen.push(...(way === "after" ? ids : ids.reverse()));
            cursor = way === "after" ? page.next : page.previous;
            await change();
          } while (cursor !== null);
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen.filter((id) => stays.has(id)).toSorted()).toEqual([...stays].toSorted());
        };
        await walk("after");
        await walk("before");
      },
    ),
    RUNS,
  );
}, 600_000);

/** The same installation, in which something happens behind each query of its lists. */
function busyInstallation(happen: () => Promise<unknown>): TestInstallation {
  const busy = (read: Reader): Reader =>
    new Proxy(read, {
      get(client, name) {
        if (name !== "$queryRawUnsafe") return Reflect.get(client, name);
        return async (sql: string, ...parameters: unknown[]) => {
          const rows = await client.$queryRawUnsafe(sql, ...parameters);
          await happen();
          return rows;
        };
      },
    });
  const { database } = installation;
  return {
    ...installation,
    database: {
      ...database,
      read: busy(database.read),
      snapshot: (work) => database.snapshot((state) => work({ ...state, read: busy(state.read) })),
    },
  };
}

test(`rows that get other owners and tags during a walk are met once each (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sampleOf, { minLength: 5, maxLength: 20 }),
      fc.constantFrom(...CERTIFICATE_SORTS),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      async (inventory, sort, limit, changed) => {
        await clear();
        const stored = await add(inventory);
        const filter = { ...EVERY_CERTIFICATE, kind: ["end-entity" as const] };
        const passing = stored.filter((each) => passes(each, filter));
        let owner = 0;
        // Each time some go to an owner whom nobody had before, and so to a new cohort.
        const busy = busyInstallation(() => {
          owner++;
          const ids = stored.filter((_, place) => (place + owner) % changed === 0).map(({ id }) => id);
          const change = { owner: `owner ${owner}`, addTags: [`t${owner % 5}`] };
          return annotateCertificates(installation, testActor("admin"), ids, change);
        });
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const place = cursor === null ? {} : { after: cursor };
          const page: CertificatePage = await listCertificates(busy, viewer, {
            filter,
            sort,
            limit,
            ...place,
          });
          seen.push(...page.certificates.map(({ id }) => id));
          cursor = page.next;
        } while (cursor !== null);
        expect([sort, seen]).toEqual([sort, inOrder(passing, sort)]);
        const named: string[] = [];
        let next: string | null | undefined;
        do {
          const part = await matchingCertificateIds(busy, viewer, filter, next ?? undefined, limit);
          named.push(...part.ids);
          next = part.next;
        } while (next !== null);
        expect(named).toEqual(inOrder(passing, "added"));
      },
    ),
    RUNS,
  );
}, 600_000);

test("every matching certificate is named once, part by part", async () => {
  await clear();
  const stored = await add(fc.sample(sampleOf, { numRuns: 25, seed: 1 }));
  const filter = { ...EVERY_CERTIFICATE, algorithm: ["rsa-2048"] };
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const part = await matchingCertificateIds(installation, viewer, filter, after, 4);
    ids.push(...part.ids);
    after = part.next ?? undefined;
  } while (after !== undefined);
  expect(ids).toEqual(
    inOrder(
      stored.filter((each) => passes(each, filter)),
      "added",
    ),
  );
});

test("facets say what there is to filter by, and how much of it", async () => {
  await clear();
  const stored = await add(fc.sample(sampleOf, { numRuns: 25, seed: 2 }));
  const facets = await certificateFacets(installation, viewer);
  for (const { value, count } of facets.tags) {
    expect(count).toBe(stored.filter(({ tags }) => tags.includes(value)).length);
  }
  for (const { value, count } of facets.risks) {
    expect(count).toBe(stored.filter(({ risks }) => risks.includes(value as Risk)).length);
  }
  expect(facets.cut).toEqual([]);
  for (const { value, count } of facets.algorithms) {
    expect(count).toBe(stored.filter(({ keyAlgorithm }) => keyAlgorithm === value).length);
  }
  expect(facets.owners.map(({ value }) => value).toSorted()).toEqual(
    [...new Set(stored.map(({ owner }) => owner))].toSorted(),
  );
});

test("of facets with many values the most frequent are listed, and that there are more is said", async () => {
  await clear();
  const [sample] = fc.sample(sampleOf, { numRuns: 1, seed: 3 }) as [Sample];
  const host = (number: number) => ({ ...sample, owner: `owner ${number}`, tags: [`host-${number}`, "all"] });
  const often = Array.from({ length: 5 }, () => ({ ...sample, owner: "often", tags: ["often"] }));
  await add([...Array.from({ length: 30 }, (_, number) => host(number)), ...often, { ...sample, owner: "" }]);
  const facets = await certificateFacets(installation, viewer, { values: 3, sets: 100 });
  expect(facets.owners).toEqual([
    { value: "", name: "", count: 1 },
    { value: "often", name: "often", count: 5 },
    { value: "owner 0", name: "owner 0", count: 1 },
  ]);
  expect(facets.tags).toHaveLength(3);
  expect(facets.tags).toContainEqual({ value: "all", name: "all", count: 30 });
  expect(facets.cut).toEqual(["owners", "tags"]);
  // Where not every set of tags was read, nobody knows how many certificates have one.
  const { owners, tags } = await annotationFacets(installation, viewer, { values: 100, sets: 4 });
  expect(tags).toContainEqual({ value: "all", name: "all" });
  expect(owners).toHaveLength(32);
});

test("without the permission to see certificates nothing is told", async () => {
  const token = { kind: "token", id: "t", name: "t", scopes: ["audit:read"] } as const;
  for (const ask of [listCertificates, countCertificates, certificateFacets, annotationFacets]) {
    await expect(ask(installation, token)).rejects.toMatchObject({ code: "forbidden" });
  }
  await expect(matchingCertificateIds(installation, token, EVERY_CERTIFICATE)).rejects.toMatchObject({
    code: "forbidden",
  });
});
