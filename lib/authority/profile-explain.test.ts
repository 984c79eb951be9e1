import { expect, test } from "vitest";
import { explainRules, explainTopics } from "#lib/authority/profile-explain.ts";
import { FIRST_PROFILES, type ProfileRules } from "#lib/authority/profile-rules.ts";

const rulesOf = (slug: string): ProfileRules => {
  const found = FIRST_PROFILES.find((profile) => profile.slug === slug);
  if (found === undefined) throw new Error(slug);
  return structuredClone(found.rules);
};

test("the first profiles read as sentences", () => {
  for (const { rules } of FIRST_PROFILES) {
    const sentences = explainRules(rules);
    expect(sentences).toHaveLength(9);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
  }
});

test("a client profile says that no server can use it, and a short-lived one how short", () => {
  const sentences = explainRules(rulesOf("short-lived-client"));
  expect(sentences).toContain(
    "Certificates prove a client to a server (clientAuth), and cannot be used by a server.",
  );
  expect(sentences).toContain(
    "A certificate lives 1 day unless the request asks for another time between 5 minutes and 7 days. It begins 5 minutes in the past, for relying parties whose clocks are behind.",
  );
});

test("patterns, ranges and wildcards are named", () => {
  const rules = rulesOf("client");
  rules.names.dns = { allowed: true, patterns: ["*.svc.example.com", "**.corp"], wildcards: true };
  rules.names.ip = { allowed: true, ranges: ["10.0.0.0/8"] };
  rules.names.uri = { allowed: true, patterns: ["spiffe://example.com/**"] };
  rules.names.email = { allowed: false, patterns: [] };
  rules.names.max = 1;
  expect(explainRules(rules).slice(4)).toEqual([
    "DNS names must fit *.svc.example.com or **.corp; wildcards are allowed within them.",
    "IP addresses must lie in 10.0.0.0/8.",
    "URIs must fit spiffe://example.com/**.",
    "E-mail addresses are refused.",
    "One name at most.",
  ]);
});

test("a post-quantum key type comes with its warning", () => {
  const rules = { ...rulesOf("client"), keyAlgorithms: ["ecdsa-p256", "ml-dsa-65"] as const };
  expect(explainRules(rules as unknown as ProfileRules)[1]).toBe(
    "The key may be ECDSA P-256 or ML-DSA-65. No current proxy accepts ML-DSA in TLS yet.",
  );
});

test("a hundred patterns are counted, not listed", () => {
  const rules = rulesOf("client");
  rules.names.dns.patterns = Array.from({ length: 100 }, (_, n) => `host-${n}.example.com`);
  expect(explainRules(rules)[4]).toContain("host-7.example.com or 92 more");
});

test("every rule of a profile changes a sentence, so that none is hidden", () => {
  const base = rulesOf("client");
  const changes: ((rules: ProfileRules) => void)[] = [
    (rules) => rules.keyAlgorithms.pop(),
    (rules) => (rules.lifetime.minSeconds += 3600),
    (rules) => (rules.lifetime.defaultSeconds += 86_400),
    (rules) => (rules.lifetime.maxSeconds += 86_400),
    (rules) => (rules.backdateSeconds = 0),
    (rules) => rules.usages.push("server"),
    (rules) => (rules.subject.commonName = "required"),
    (rules) => (rules.subject.otherAttributes = true),
    (rules) => (rules.names.dns.allowed = false),
    (rules) => rules.names.dns.patterns.push("*.example"),
    (rules) => (rules.names.dns.wildcards = true),
    (rules) => (rules.names.ip.allowed = false),
    (rules) => rules.names.ip.ranges.push("10.0.0.0/8"),
    (rules) => (rules.names.uri.allowed = false),
    (rules) => rules.names.uri.patterns.push("spiffe://a/*"),
    (rules) => (rules.names.email.allowed = false),
    (rules) => rules.names.email.patterns.push("*@example"),
    (rules) => (rules.names.max = 2),
  ];
  for (const change of changes) {
    const rules = structuredClone(base);
    change(rules);
    expect(explainTopics(rules), String(change)).not.toEqual(explainTopics(base));
  }
});
