import { expect, test } from "vitest";
import { ipInRange } from "#lib/authority/ip-range.ts";

test.each([
  ["192.0.2.77", "192.0.2.0/24", true],
  ["192.0.3.1", "192.0.2.0/24", false],
  ["192.0.2.129", "192.0.2.128/25", true],
  ["192.0.2.127", "192.0.2.128/25", false],
  ["10.9.8.7", "10.1.2.3/8", true],
  ["203.0.113.9", "0.0.0.0/0", true],
  ["192.0.2.1", "192.0.2.1/32", true],
  ["192.0.2.2", "192.0.2.1/32", false],
  ["2001:db8::1", "2001:db8::/32", true],
  ["2001:db9::1", "2001:db8::/32", false],
  ["2001:db8::1", "0.0.0.0/0", false],
  ["::ffff:192.0.2.1", "192.0.2.0/24", false],
  ["no address", "192.0.2.0/24", false],
])("%s in %s: %s", (address, range, inside) => {
  expect(ipInRange(address, range)).toBe(inside);
});
