import { expect, test } from "vitest";
import { nameType, tryName } from "#components/profile/try-name.ts";
import { FIRST_PROFILES, type ProfileRules } from "#lib/authority/profile-rules.ts";

const rules: ProfileRules = structuredClone(FIRST_PROFILES[0]?.rules as ProfileRules);
rules.names.dns = { allowed: true, patterns: ["*.svc.example.com", "**.corp"], wildcards: false };
rules.names.ip = { allowed: true, ranges: ["10.0.0.0/8"] };
rules.names.uri = { allowed: true, patterns: ["spiffe://example.com/*/api"] };
const profile = { name: "Server", rules };

test.each([
  ["api.example.com", "dns"],
  ["10.0.0.1", "ip"],
  ["2001:db8::1", "ip"],
  ["ops@example.com", "email"],
  ["spiffe://example.com/a@b", "uri"],
  ["urn:uuid:1", "uri"],
] as const)("%s is taken as %s", (text, type) => {
  expect(nameType(text)).toBe(type);
});

test.each([
  ["API.svc.example.com", true],
  ["a.b.svc.example.com", false],
  ["svc.example.com", false],
  ["x.y.corp", true],
  ["*.svc.example.com", false],
  ["10.255.0.1", true],
  ["11.0.0.1", false],
  ["spiffe://example.com/prod/api", true],
  ["spiffe://example.com/prod/eu/api", false],
  ["ops@example.com", false],
  ["under_score.corp", false],
])("%s fits: %s", (text, fits) => {
  const verdict = tryName(text, profile, []);
  expect(verdict.fits).toBe(fits);
  expect(verdict.sentence === "").toBe(fits);
});

test("the authority's constraints count too", () => {
  const constraints = [{ permitted: [{ type: "dns" as const, value: "example.com" }], excluded: [] }];
  expect(tryName("x.y.corp", profile, constraints).sentence).toMatch(/constrained/);
  expect(tryName("api.svc.example.com", profile, constraints).fits).toBe(true);
});
