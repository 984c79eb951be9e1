import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { mayConnect } from "#lib/authority/fetch-address.ts";

const closed = { allowed: [], own: false };
const everything = { allowed: ["0.0.0.0/0", "::/0"], own: false };
const own = { allowed: [], own: true };

test.each(["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])(
  "%s is public: ports 80 and 443, and no others",
  (address) => {
    expect(mayConnect(address, 80, closed)).toBe(true);
    expect(mayConnect(address, 443, closed)).toBe(true);
    expect(mayConnect(address, 22, closed)).toBe(false);
    expect(mayConnect(address, 8080, { ...closed, allowed: [address] })).toBe(true);
  },
);

test("a public IPv4 address behind NAT64 is public", () => {
  expect(mayConnect("64:ff9b::808:808", 80, closed)).toBe(true);
  expect(mayConnect("64:ff9b::808:808", 8080, { allowed: ["8.8.8.8"], own: false })).toBe(true);
});

const INSIDE = [
  "127.0.0.1",
  "127.1.2.3",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "100.64.0.1",
  "192.0.0.8",
  "198.18.0.1",
  "203.0.113.9",
  "::1",
  "fc00::1",
  "fdff::1",
  "fec0::1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "64:ff9b:1::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "::ffff:7f00:1",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b::10.0.0.1",
];

test.each(INSIDE)("%s needs a setting, or to be ours", (address) => {
  expect(mayConnect(address, 80, closed)).toBe(false);
  expect(mayConnect(address, 8080, everything)).toBe(true);
  expect(mayConnect(address, 8080, own)).toBe(true);
});

const NOWHERE = [
  "169.254.169.254",
  "169.254.0.1",
  "100.100.100.200",
  "192.0.0.192",
  "0.0.0.0",
  "0.1.2.3",
  "224.0.0.1",
  "239.255.255.250",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "fe80::1",
  "febf::1",
  "fd00:ec2::254",
  "ff02::1",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "::ffff:0.0.0.0",
];

test.each(NOWHERE)("%s is never contacted, whatever is allowed", (address) => {
  for (const rules of [closed, everything, own, { allowed: [address], own: true }]) {
    expect(mayConnect(address, 80, rules)).toBe(false);
  }
});

test.each([
  "fe80::1%eth0",
  "127.0.0.1%lo",
  "localhost",
  "",
  "0177.0.0.1",
  "0x7f.0.0.1",
  "2130706433",
  "1.2.3",
])("%j is no address and is not contacted", (text) => expect(mayConnect(text, 80, everything)).toBe(false));

test("an address without a prefix in the setting means that address alone", () => {
  const rules = { allowed: ["10.1.2.3", "fd00::5"], own: false };
  expect(mayConnect("10.1.2.3", 8080, rules)).toBe(true);
  expect(mayConnect("10.1.2.4", 80, rules)).toBe(false);
  expect(mayConnect("fd00::5", 8080, rules)).toBe(true);
  expect(mayConnect("fd00::6", 80, rules)).toBe(false);
});

test("an IPv4 address is judged alike in every IPv6 form of it", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.constantFrom("::ffff:", "::", "64:ff9b::"), (address, prefix) => {
      // ::0.0.0.1 is the loopback address of IPv6 itself.
      fc.pre(!address.startsWith("0.0.0."));
      for (const rules of [closed, everything, own]) {
        expect(mayConnect(prefix + address, 80, rules)).toBe(mayConnect(address, 80, rules));
      }
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});
