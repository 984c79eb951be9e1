import { describe, expect, test } from "vitest";
import { checkGeneralName, type GeneralName } from "./general-name.ts";
import { formatIp, parseIp } from "./ip-address.ts";

describe("a subject alternative name is taken", () => {
  test.each<[GeneralName["type"], string]>([
    ["dns", "api.example"],
    ["dns", "localhost"],
    ["dns", "*.svc.example"],
    ["dns", "xn--grsse-jua2l.example"],
    ["dns", `${"a".repeat(63)}.example`],
    ["dns", "3com.example"],
    ["ip", "192.0.2.1"],
    ["ip", "2001:db8::1"],
    ["ip", "::ffff:192.0.2.1"],
    ["uri", "spiffe://prod.example/ns/a/sa/b"],
    ["uri", "spiffe://prod.example"],
    ["uri", "https://api.example/v1?x=%20"],
    ["uri", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"],
    ["email", "ops+edge@mail.example"],
  ])("%s %s", (type, value) => {
    expect(checkGeneralName({ type, value })).toBeNull();
  });
});

describe("a subject alternative name is refused by its rule", () => {
  test.each<[GeneralName["type"], string, string]>([
    ["dns", "", "rfc5280.4.2.1.6.dns"],
    ["dns", "ops@api.example", "rfc5280.4.2.1.6.dns"],
    ["dns", "https://api.example", "rfc5280.4.2.1.6.dns"],
    ["dns", "192.0.2.1", "rfc5280.4.2.1.6.dns"],
    ["dns", "2001:db8::1", "rfc5280.4.2.1.6.dns"],
    ["dns", "api.example.", "rfc5280.4.2.1.6.dns"],
    ["dns", "größe.example", "rfc5280.7.2"],
    ["dns", "api .example", "rfc5280.7.2"],
    ["dns", "api\0.example", "rfc5280.7.2"],
    ["dns", "*", "rfc9525.6.3"],
    ["dns", "a.*.example", "rfc9525.6.3"],
    ["dns", "a*.example", "rfc9525.6.3"],
    ["dns", "*.*.example", "rfc9525.6.3"],
    ["dns", "-api.example", "rfc1034.3.5"],
    ["dns", "api-.example", "rfc1034.3.5"],
    ["dns", "a_b.example", "rfc1034.3.5"],
    ["dns", "api..example", "rfc1034.3.5"],
    ["dns", `${"a".repeat(64)}.example`, "rfc1034.3.5"],
    ["dns", `${"a.".repeat(127)}ab`, "rfc1035.2.3.4"],
    ["ip", "192.0.2", "rfc5280.4.2.1.6.ip"],
    ["ip", "192.0.2.01", "rfc5280.4.2.1.6.ip"],
    ["ip", "192.0.2.256", "rfc5280.4.2.1.6.ip"],
    ["ip", "10.0.0.0/8", "rfc5280.4.2.1.6.ip"],
    ["ip", "fe80::1%eth0", "rfc5280.4.2.1.6.ip"],
    ["ip", "1::2::3", "rfc5280.4.2.1.6.ip"],
    ["ip", "1:2:3:4:5:6:7:8:9", "rfc5280.4.2.1.6.ip"],
    ["ip", "::192.0.2.1:1", "rfc5280.4.2.1.6.ip"],
    ["uri", "/v1/api", "rfc5280.4.2.1.6.uri"],
    ["uri", "https:///v1", "rfc5280.4.2.1.6.uri"],
    ["uri", "https://größe.example", "rfc5280.4.2.1.6.uri"],
    ["uri", "https://api.example/{id}", "rfc3986.2"],
    ["uri", "https://api.example/%zz", "rfc3986.2"],
    ["uri", "spiffe://Prod.example/a", "spiffe-id.2"],
    ["uri", "spiffe://prod.example/a/", "spiffe-id.2"],
    ["uri", "spiffe://prod.example/a/../b", "spiffe-id.2"],
    ["uri", "spiffe://user@prod.example/a", "spiffe-id.2"],
    ["uri", "spiffe://prod.example:1/a", "spiffe-id.2"],
    ["uri", "spiffe://prod.example/a?b", "spiffe-id.2"],
    ["email", "ops", "rfc5280.4.2.1.6.email"],
    ["email", "ops@*.example", "rfc5280.4.2.1.6.email"],
    ["email", "ops@192.0.2.1", "rfc5280.4.2.1.6.email"],
    ["email", "größe@mail.example", "rfc5280.4.2.1.6.email"],
    ["email", "a..b@mail.example", "rfc5321.4.1.2"],
    ["email", '"quoted"@mail.example', "rfc5321.4.1.2"],
  ])("%s %j: %s", (type, value, rule) => {
    expect(checkGeneralName({ type, value }, "names")).toMatchObject({ field: "names", rule });
  });

  test("with a sentence that shows no deceiving character", () => {
    expect(checkGeneralName({ type: "dns", value: "a\u202E\0.example" })?.detail).not.toMatch(/[\u202E\0]/);
  });
});

test.each([
  ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["::", "::"],
  ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
  ["::ffff:192.0.2.1", "::ffff:c000:201"],
  ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
])("the address %s is shown as %s (RFC 5952)", (text, canonical) => {
  expect(formatIp(parseIp(text) as Uint8Array)).toBe(canonical);
});
