import { expect, test } from "vitest";
import { failureItems } from "#components/home/failure-items.ts";
import type { ListedFailure } from "#lib/handshake/failure-view.ts";

const now = new Date("2027-03-01T12:30:00Z");
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

const failure = (change: Partial<ListedFailure> = {}): ListedFailure => ({
  ...{ id: "f", cause: "client-certificate-expired", certainty: "certain", candidates: [] },
  client: { id: "c", name: "Billing" },
  ...{ presentedName: "CN=billing", isOfMany: false, direction: "inbound", certificateId: null },
  service: { id: "s", slug: "pay", name: "Payments" },
  proxy: { id: "p", slug: "edge", name: "Edge" },
  ...{ firstSeenAt: hoursAgo(5), lastSeenAt: hoursAgo(0), count: 3, rate: 4, hours: [] },
  ...{ state: "open", stateSince: hoursAgo(5), stateBy: "", muteUntil: null, muteRate: null },
  ...{ lastSuccessAt: null, regressions: 0, assignee: null, version: 1 },
  ...change,
});
const stranger = (change: Partial<ListedFailure> = {}) => failure({ client: null, ...change });

test("without open failures nobody is needed", () => {
  expect(failureItems({ worst: [], open: 0 }, now)).toEqual([]);
});

test.each<[string, ListedFailure[], string]>([
  ["a client of ours that fails now", [failure()], "critical"],
  ["a client of ours that failed some hours ago", [failure({ rate: 0.01 })], "warn"],
  ["what refuses everybody", [stranger({ cause: "crl-expired" })], "critical"],
  ["strangers", [stranger()], "info"],
  ["strangers behind a client of ours", [stranger({ id: "g" }), failure({ rate: 0.01 })], "warn"],
])("%s", (_, worst, tone) => {
  expect(failureItems({ worst, open: worst.length }, now)).toMatchObject([{ id: "failures", tone }]);
});

test("the worst is told with what mends it, and what is old is no news", () => {
  const worst = [failure(), stranger({ id: "old", lastSeenAt: hoursAgo(30) })];
  const [found] = failureItems({ worst, open: 1_001 }, now);
  expect(found).toMatchObject({ title: "1,000+ failures are open", fix: { href: "/failures" } });
  expect(found?.detail).toBe(
    "The worst: Client certificate expired: Billing at Payments, about 4.0 an hour now. Renew the certificate and give it to the client.",
  );
  expect(found?.things.map(({ id }) => id)).toEqual(["f"]);
  expect(failureItems({ worst: [failure({ lastSeenAt: hoursAgo(24 * 8) })], open: 1 }, now)).toEqual([]);
});

test("a single one is opened at once", () => {
  expect(failureItems({ worst: [failure()], open: 1 }, now)).toMatchObject([
    { title: "A failure is open", fix: { label: "Open it", href: "/failures/f" } },
  ]);
});
