import { describe, expect, test } from "vitest";
import type { GeneralName } from "./general-name.ts";
import { parseName } from "./name.ts";
import { checkNameConstraints, violatesNameConstraints } from "./name-constraints.ts";
import type { NameConstraints, NameSubtree } from "./name-constraints-encoding.ts";

const directory = (text: string): NameSubtree => ({
  type: "directoryName",
  value: text,
  name: parseName(text),
});
const only = (...permitted: NameSubtree[]): NameConstraints => ({ permitted, excluded: [] });
const not = (...excluded: NameSubtree[]): NameConstraints => ({ permitted: [], excluded });

function verdict(name: GeneralName | string, constraints: NameConstraints): string | null {
  const names = typeof name === "string" ? [] : [name];
  const subject = typeof name === "string" ? parseName(name) : [];
  return violatesNameConstraints(names, subject, constraints)?.rule ?? null;
}

const RULE = "rfc5280.4.2.1.10";

describe("name constraints (RFC 5280 §4.2.1.10)", () => {
  test.each<[GeneralName["type"], string, string, boolean]>([
    ["dns", "example.com", "example.com", true],
    ["dns", "API.Example.com", "example.COM", true],
    ["dns", "a.b.example.com", "example.com", true],
    ["dns", "badexample.com", "example.com", false],
    ["dns", "example.com", "a.example.com", false],
    ["dns", "a.example.com", ".example.com", true],
    ["dns", "*.example.com", "example.com", true],
    ["dns", "*.example.com", "a.example.com", false],
    ["ip", "10.1.2.3", "10.0.0.0/8", true],
    ["ip", "11.1.2.3", "10.0.0.0/8", false],
    ["ip", "192.0.2.130", "192.0.2.128/25", true],
    ["ip", "192.0.2.127", "192.0.2.128/25", false],
    ["ip", "fd12::1", "fd00::/8", true],
    ["ip", "10.1.2.3", "fd00::/8", false],
    ["ip", "10.1.2.3", "0.0.0.0/0", true],
    ["email", "ops@mail.example", "ops@mail.example", true],
    ["email", "Ops@mail.example", "ops@mail.example", false],
    ["email", "ops@MAIL.example", "mail.example", true],
    ["email", "ops@a.mail.example", "mail.example", false],
    ["email", "ops@a.mail.example", ".mail.example", true],
    ["email", "ops@mail.example", ".mail.example", false],
    ["uri", "spiffe://prod.example/a", "prod.example", true],
    ["uri", "https://user@PROD.example:8443/a", "prod.example", true],
    ["uri", "https://a.prod.example/a", "prod.example", false],
    ["uri", "https://a.prod.example/a", ".prod.example", true],
    ["uri", "urn:uuid:1", "prod.example", false],
    ["uri", "https://192.0.2.1/", "prod.example", false],
    ["uri", "https://[::1]/", "prod.example", false],
    ["uri", "https://prod.example@evil.example/", "prod.example", false],
  ])("%s %s under the permitted %s: %s", (type, value, base, allowed) => {
    expect(verdict({ type, value }, only({ type, value: base }))).toBe(allowed ? null : RULE);
  });

  test.each<[GeneralName["type"], string, string, boolean]>([
    ["dns", "a.secret.example", "secret.example", false],
    ["dns", "public.example", "secret.example", true],
    ["dns", "*.example", "secret.example", false],
    ["dns", "*.other", "secret.example", true],
    ["ip", "10.1.2.3", "10.0.0.0/8", false],
    ["ip", "11.1.2.3", "10.0.0.0/8", true],
    ["email", "ops@secret.example", "secret.example", false],
    ["uri", "https://secret.example/", "secret.example", false],
    ["uri", "urn:uuid:1", "secret.example", false],
  ])("%s %s beside the excluded %s: %s", (type, value, base, allowed) => {
    expect(verdict({ type, value }, not({ type, value: base }))).toBe(allowed ? null : RULE);
  });

  test("names of a form that is not constrained are free", () => {
    expect(verdict({ type: "ip", value: "192.0.2.1" }, only({ type: "dns", value: "example" }))).toBeNull();
  });

  test("several permitted subtrees are alternatives, and an excluded one wins", () => {
    const constraints: NameConstraints = {
      permitted: [
        { type: "dns", value: "a.example" },
        { type: "dns", value: "b.example" },
      ],
      excluded: [{ type: "dns", value: "x.b.example" }],
    };
    expect(verdict({ type: "dns", value: "b.example" }, constraints)).toBeNull();
    expect(verdict({ type: "dns", value: "x.b.example" }, constraints)).toBe(RULE);
  });

  test.each([
    ["CN=a,O=Example", true],
    ["CN=a,OU=x,O=EXAMPLE", true],
    ["O=Example", true],
    ["CN=a,O=Other", false],
    ["O=Example,C=DE", false],
  ])("the subject %s under the permitted O=Example: %s", (subject, allowed) => {
    expect(verdict(subject, only(directory("O=Example")))).toBe(allowed ? null : RULE);
  });

  test("an e-mail address in the subject is held to the constraints on e-mail", () => {
    expect(verdict("emailAddress=a@other.example", only({ type: "email", value: "mail.example" }))).toBe(
      RULE,
    );
  });

  test("a common name that looks like a host counts as one when there is no other, as OpenSSL has it", () => {
    const constraints = only({ type: "dns", value: "example" });
    expect(verdict("CN=api.other", constraints)).toBe(RULE);
    expect(verdict("CN=edge seven", constraints)).toBeNull();
    const withDns = violatesNameConstraints(
      [{ type: "dns", value: "api.example" }],
      parseName("CN=api.other"),
      constraints,
    );
    expect(withDns).toBeNull();
  });
});

describe("constraints for a new authority", () => {
  test("are taken when every subtree can be judged", () => {
    const sound = only(
      { type: "dns", value: "example" },
      { type: "dns", value: ".example" },
      { type: "ip", value: "10.0.0.0/8" },
      { type: "email", value: "ops@mail.example" },
      { type: "uri", value: ".prod.example" },
      directory("O=Example"),
    );
    expect(checkNameConstraints(sound)).toEqual([]);
  });

  test.each<[NameSubtree["type"], string]>([
    ["dns", "*.example"],
    ["dns", "exa mple"],
    ["dns", ""],
    ["ip", "10.0.0.1/8"],
    ["ip", "10.0.0.0/33"],
    ["ip", "10.0.0.0/255.0.0.0"],
    ["email", "@example"],
    ["uri", "https://prod.example"],
  ])("are refused for %s %j", (type, value) => {
    expect(checkNameConstraints(only({ type, value } as NameSubtree))).toMatchObject([{ rule: RULE }]);
  });

  test("are refused when there are none", () => {
    expect(checkNameConstraints(only())).toHaveLength(1);
  });
});
