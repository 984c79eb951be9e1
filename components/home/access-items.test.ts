import { expect, test } from "vitest";
import { accessItems } from "#components/home/access-items.ts";
import type { AccessAttention } from "#lib/access/access-attention.ts";

const now = new Date("2026-06-01T00:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const nothing = { things: [], count: 0, more: false };
const wellKept: AccessAttention = {
  ...{ learning: [], unused: nothing, ending: nothing, outages: [], proxies: [] },
};

const service = { id: "s", slug: "orders", name: "Orders" };
const file = {
  ...{ service, format: "nginx", newestVersion: 3, fetchedVersion: 3, liveVersion: 3 },
  ...{ fetchedAt: ago(20), liveAt: ago(20) },
};
const proxy = { slug: "edge", name: "Edge", files: [file], addresses: [], lastSeenAt: ago(5) };
const address = (text: string) => ({ address: text, firstSeenAt: ago(99), lastSeenAt: ago(9) });

const found = (change: Partial<AccessAttention>) =>
  accessItems({ ...wellKept, ...change }, now, true).map(({ id, tone }) => `${tone} ${id}`);

test("a proxy that fetches and is alone with its token needs nobody", () => {
  expect(found({ proxies: [proxy, { ...proxy, files: [] }] })).toEqual([]);
});

test("a proxy that has not fetched for long is told first of all", () => {
  const late = { ...proxy, files: [file, { ...file, fetchedAt: ago(7_200) }] };
  expect(found({ proxies: [late], learning: [{ slug: "orders", name: "Orders", callers: 2 }] })).toEqual([
    "critical proxy-edge",
    "warn learning-orders",
  ]);
});

test("a token that comes from two places is told", () => {
  expect(found({ proxies: [{ ...proxy, addresses: [address("192.0.2.1"), address("192.0.2.2")] }] })).toEqual(
    ["warn proxy-token-edge"],
  );
});

test("what an admin alone may do, others are told to ask for", () => {
  const facts = {
    ...wellKept,
    proxies: [{ ...proxy, addresses: [address("192.0.2.1"), address("192.0.2.2")] }],
    learning: [{ slug: "orders", name: "Orders", callers: 0 }],
  };
  for (const { detail } of accessItems(facts, now, false)) expect(detail).toMatch(/[aA]sk an admin to re/);
  for (const { detail } of accessItems(facts, now, true)) expect(detail).not.toContain("admin");
});

test("callers that wait at a learning service are led to", () => {
  const [item] = accessItems(
    { ...wellKept, learning: [{ slug: "orders", name: "Orders", callers: 1 }] },
    now,
    true,
  );
  expect(item).toMatchObject({ fix: { href: "/clients/callers?service=orders" } });
  expect(item?.detail).toContain("1 caller waits");
  expect(found({ learning: [{ slug: "orders", name: "Orders", callers: 0 }] })).toEqual([
    "info learning-orders",
  ]);
});

test("clients that end soon and unused ones are named, and led to", () => {
  const thing = { id: "c", name: "Billing", at: ago(-86_400) };
  const [one] = accessItems({ ...wellKept, ending: { things: [thing], count: 1, more: false } }, now, true);
  expect(one).toMatchObject({
    title: "1 client stops working within 7 days",
    fix: { href: "/clients/c" },
  });
  const several = { things: [thing, thing], count: 2, more: false };
  expect(accessItems({ ...wellKept, ending: several }, now, true)[0]).toMatchObject({
    fix: { href: "/clients?state=ending" },
  });
  const [many] = accessItems(
    { ...wellKept, unused: { things: [thing], count: 1_000, more: true } },
    now,
    true,
  );
  expect(many).toMatchObject({
    title: "1,000+ clients were not used for 90 days",
    fix: { href: "/clients?state=unused" },
  });
});

test("decisions that were made without the database are told, more urgently when somebody was let in unchecked", () => {
  const outage = { since: ago(900), until: ago(300), decisions: 1_200, failOpen: 0 };
  const [item] = accessItems({ ...wellKept, outages: [outage, outage] }, now, true);
  expect(item).toMatchObject({
    ...{ id: "decisions-detached", tone: "warn" },
    title: "The database was away for 20 minutes within the last day",
    detail: expect.stringMatching(/5 minutes ago.*2,400 decisions/),
  });
  expect(found({ outages: [{ ...outage, failOpen: 3 }] })).toEqual(["critical decisions-detached"]);
});
