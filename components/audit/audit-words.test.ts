import { expect, test } from "vitest";
import { actionsByNoun, objectHref } from "#components/audit/audit-words.ts";
import { changedFacts } from "#components/audit/changed-facts.ts";
import { ACTION_NAMES } from "#lib/audit/action-names.ts";

test.each([
  ["certificate", "certificate.issued", "/certificates/1"],
  ["certificate", "certificate.abandoned", null],
  ["authority", "authority.created", "/authorities/1"],
  ["profile", "profile.changed", "/profiles/1"],
  ["client", "client.suspended", "/clients/1"],
  ["service", "service.changed", "/services/1"],
  ["proxy", "proxy.token-replaced", "/proxies/1"],
  ["failure", "failure.muted", "/failures/1"],
  ["user", "user.signed-in", "/settings/people/1"],
  ["session", "session.revoked", null],
])("an event about a %s (%s) leads to %s", (kind, action, href) => {
  expect(objectHref({ object: { kind, id: "1", name: "one" }, action })).toBe(href);
});

test("every action can be chosen, under its noun", () => {
  const offered = actionsByNoun().flatMap(([, codes]) => codes);
  expect(offered.toSorted()).toEqual(Object.keys(ACTION_NAMES).toSorted());
});

test("only what a change replaced is told", () => {
  const facts = changedFacts({
    before: { name: "Client", rules: { max: 100, patterns: [], deep: { same: 1 } } },
    after: { slug: "client", name: "Client", rules: { max: 1, patterns: ["*.a"], deep: { same: 1 } } },
  });
  expect(facts).toEqual([
    { path: "rules.max", before: "100", after: "1" },
    { path: "rules.patterns", before: "none", after: "*.a" },
  ]);
});

test("an event without both sides has no changed facts", () => {
  expect(changedFacts({ after: { a: 1 } })).toBeNull();
  expect(changedFacts({ serial: "01" })).toBeNull();
});
