import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { listAuditEvents } from "#lib/audit/read.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import type { Role } from "#lib/authorization/permissions.ts";
import { fixedClock } from "#lib/clock.ts";
import {
  changeView,
  daysWithin,
  deleteView,
  listSavedViews,
  saveView,
  VIEWS_MAX,
} from "#lib/inventory/saved-views.ts";

let installation: TestInstallation;
const NOW = new Date("2026-12-30T23:30:00Z");

beforeAll(async () => {
  installation = await testInstallation(fixedClock(NOW));
});
afterAll(() => installation.close());

const person = (name: string, role: Role): UserActor => ({ kind: "user", id: name, name, role });
const anna = person("anna", "operator");
const ben = person("ben", "operator");
const admin = testActor("admin");

const save = (actor: UserActor, name: string, query = "status=due", shared = false) =>
  saveView(installation, actor, { name, query, shared });
const namesFor = async (actor: UserActor) =>
  (await listSavedViews(installation, actor)).map(({ name }) => name);

test("a view is seen by whoever made it; a shared one by everybody", async () => {
  await save(anna, " Payments, due ", "tag=payments&status=due&after=x.y.z&limit=200");
  await save(anna, "For all", "status=expired", true);
  await save(ben, "Ben's");
  expect(await namesFor(anna)).toEqual(["For all", "Payments, due"]);
  expect(await namesFor(ben)).toEqual(["Ben's", "For all"]);
  const [, mine] = await listSavedViews(installation, anna);
  expect(mine).toMatchObject({ query: "status=due&tag=payments", mine: true, mayChange: true });
  const shared = (await listSavedViews(installation, ben)).find(({ name }) => name === "For all");
  expect(shared).toMatchObject({ mine: false, mayChange: false });
});

test("the same filter is kept in one form, and another order with it", async () => {
  const id = await save(ben, "Sorted", "sort=-expires&status=valid&status=due&unknown=1&q=%20api%20");
  const view = (await listSavedViews(installation, ben)).find((each) => each.id === id);
  expect(view?.query).toBe("q=api&status=due&status=valid&sort=-expires");
});

test("a range that begins today moves on with the days; other dates stay", async () => {
  const moving = await save(ben, "Next 30 days", "expires-from=2026-12-30&expires-to=2027-01-29");
  const fixed = await save(ben, "January", "expires-from=2027-01-01&expires-to=2027-01-31");
  const queries = new Map((await listSavedViews(installation, ben)).map(({ id, query }) => [id, query]));
  expect(queries.get(moving)).toBe("expires-within=30");
  expect(queries.get(fixed)).toBe("expires-from=2027-01-01&expires-to=2027-01-31");
  expect(daysWithin("30", new Date("2027-03-01T10:00:00Z"))).toEqual({
    from: "2027-03-01",
    to: "2027-03-31",
  });
  expect([daysWithin("", NOW), daysWithin("-1", NOW), daysWithin("1e3", NOW)]).toEqual([null, null, null]);
});

test("only whoever made a view, or an admin, renames, shares and deletes it; each is in the audit trail", async () => {
  const id = await save(anna, "To change", "status=due", true);
  await expect(changeView(installation, ben, id, { name: "Mine now", shared: true })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(deleteView(installation, ben, id)).rejects.toMatchObject({ code: "forbidden" });
  await changeView(installation, anna, id, { name: "Changed", shared: false });
  expect(await namesFor(ben)).not.toContain("Changed");
  await expect(deleteView(installation, ben, id)).rejects.toMatchObject({ code: "notFound" });
  await changeView(installation, anna, id, { name: "Changed", shared: true });
  await deleteView(installation, admin, id);
  expect(await namesFor(anna)).not.toContain("Changed");
  const { events } = await listAuditEvents(installation, admin, { object: { kind: "view", id } });
  expect(events.map(({ action }) => action)).toEqual([
    "view.deleted",
    "view.changed",
    "view.changed",
    "view.saved",
  ]);
  await expect(deleteView(installation, anna, id)).rejects.toMatchObject({ code: "notFound" });
  await expect(deleteView(installation, anna, "\0")).rejects.toMatchObject({ code: "notFound" });
});

test("a name of one's own is given once; others may use the same", async () => {
  await save(anna, "Twice");
  await expect(save(anna, "Twice")).rejects.toMatchObject({
    code: "conflict",
    violations: [{ field: "name" }],
  });
  await save(ben, "Twice");
  const id = await save(anna, "Other");
  await expect(changeView(installation, anna, id, { name: "Twice", shared: false })).rejects.toMatchObject({
    code: "conflict",
  });
});

test.each([
  ["no name", { name: " " }, "name"],
  ["a name that deceives", { name: "a\u202Eb" }, "name"],
  ["a filter that cannot be", { query: "status=dead" }, "status"],
  ["an order that cannot be", { query: "sort=size" }, "sort"],
  ["nothing to keep", { query: "limit=200" }, "query"],
  ["a query that is too long", { query: `q=${"a".repeat(5_000)}` }, "query"],
])("%s is refused, naming the field", async (_, wrong, field) => {
  await expect(
    saveView(installation, anna, { name: "Fine", query: "status=due", shared: false, ...wrong }),
  ).rejects.toMatchObject({ code: "malformed", violations: [{ field }] });
});

test("who may not change the inventory keeps views, but shares none; programs keep none", async () => {
  const viewer = person("vera", "viewer");
  const id = await save(viewer, "Mine");
  await expect(save(viewer, "Ours", "status=due", true)).rejects.toMatchObject({ code: "forbidden" });
  await expect(changeView(installation, viewer, id, { name: "Mine", shared: true })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(
    saveView(
      installation,
      { kind: "token", id: "t", name: "t", scopes: ["certificate:read"] },
      { name: "x", query: "status=due", shared: false },
    ),
  ).rejects.toMatchObject({ code: "forbidden" });
});

test("one person keeps so many views and no more", async () => {
  const many = person("many", "operator");
  for (let count = 0; count < VIEWS_MAX; count++) await save(many, `View ${count}`);
  await expect(save(many, "One more")).rejects.toMatchObject({ code: "conflict" });
});
