import { expect, test } from "vitest";
import { type RevocationAttention, revocationItems } from "#components/home/revocation-items.ts";
import type { CrlHealth } from "#lib/authority/crl-health.ts";
import type { CrlSourceHealth } from "#lib/authority/crl-source-read.ts";

const now = new Date("2026-06-01T00:00:00Z");
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);

const crl = (change: Partial<CrlHealth> & { since?: Date }) => ({
  since: hours(-99),
  authorityId: "a",
  slug: "client-ca",
  name: "Client CA",
  number: 7n,
  entries: 3,
  size: 400,
  thisUpdate: hours(-20),
  nextUpdate: hours(52),
  state: "ok" as const,
  failingSince: null,
  failure: "",
  pendingSince: null,
  ...change,
});

const source = (change: Partial<CrlSourceHealth>): CrlSourceHealth => ({
  id: "s",
  name: "Partner Root",
  issuerName: "CN=Partner Root",
  url: "",
  state: "ok",
  number: 1n,
  entries: 0,
  size: 100,
  thisUpdate: hours(-20),
  nextUpdate: hours(52),
  fetchedAt: null,
  fetchAt: null,
  failingSince: null,
  failure: "",
  ...change,
});

const responder = (certificate: { notAfter: Date; renewAt: Date } | null, since = hours(-99)) => ({
  slug: "client-ca",
  name: "Client CA",
  since,
  certificate,
});

const wellKept: RevocationAttention = {
  crls: [
    crl({}),
    crl({ authorityId: "b", state: "due", pendingSince: now }),
    crl({ authorityId: "c", state: "missing", since: now }),
  ],
  responders: [responder({ notAfter: hours(40), renewAt: hours(10) }), responder(null, now)],
  sources: [source({})],
  holds: { holds: [], count: 0, more: false },
};

const found = (change: Partial<RevocationAttention>) =>
  revocationItems({ ...wellKept, ...change }, now).map(({ id, tone }) => `${tone} ${id}`);

test("lists in force, a change under way and a fresh authority need nobody", () => {
  expect(found({})).toEqual([]);
});

test.each<[string, Partial<RevocationAttention>, string]>([
  ["a late CRL", { crls: [crl({ state: "late" })] }, "warn crl-a"],
  [
    "a revocation that no CRL has",
    { crls: [crl({ state: "late", pendingSince: hours(-1) })] },
    "critical crl-a",
  ],
  [
    "a CRL that cannot be published",
    { crls: [crl({ state: "due", failingSince: hours(-1) })] },
    "warn crl-a",
  ],
  ["an expired CRL", { crls: [crl({ state: "expired" })] }, "critical crl-a"],
  ["a missing CRL", { crls: [crl({ state: "missing" })] }, "critical crl-a"],
  ["no responder", { responders: [responder(null)] }, "critical ocsp-client-ca"],
  [
    "a responder that was not renewed",
    { responders: [responder({ notAfter: hours(9), renewAt: hours(-1) })] },
    "warn ocsp-client-ca",
  ],
  [
    "an expired responder",
    { responders: [responder({ notAfter: hours(-1), renewAt: hours(-9) })] },
    "critical ocsp-client-ca",
  ],
  ["an expired foreign CRL", { sources: [source({ state: "expired" })] }, "critical crl-source-s"],
  ["a foreign CRL that cannot be fetched", { sources: [source({ state: "failing" })] }, "info crl-source-s"],
])("%s is told", (_, change, expected) => {
  expect(found(change)).toEqual([expected]);
});

test("why a CRL cannot be published is told where it is noticed", () => {
  const crls = [crl({ state: "late", failingSince: hours(-2), failure: "the disk is full" })];
  const [told] = revocationItems({ ...wellKept, crls }, now);
  expect(told?.detail).toContain("fails since 2 hours: the disk is full");
});

test("holds that wait are named, and led to", () => {
  const hold = { id: "c", displayName: "a.example", heldAt: hours(-200), requestedBy: "ada" };
  const one = revocationItems({ ...wellKept, holds: { holds: [hold], count: 1, more: false } }, now);
  expect(one[0]).toMatchObject({
    title: "1 hold waits for a decision for more than a week",
    fix: { href: "/certificates/c" },
  });
  const holds = { holds: [hold, { ...hold, id: "d" }], count: 1_000, more: true };
  expect(revocationItems({ ...wellKept, holds }, now)[0]).toMatchObject({
    title: "1,000+ holds wait for a decision for more than a week",
    fix: { href: "/certificates?status=held" },
  });
});
