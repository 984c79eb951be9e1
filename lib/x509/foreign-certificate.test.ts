import { describe, expect, test } from "vitest";
import { parseCertificate, readForeignCertificate } from "./certificate-reader.ts";
import {
  bitString,
  contextPrimitive,
  type DerNode,
  element,
  NULL,
  octetString,
  oid,
  sequence,
  setOf,
  TAG,
} from "./der-writer.ts";
import { lintCertificate } from "./lint.ts";
import { commonName, formatName } from "./name.ts";
import {
  extension,
  nameOf,
  type OddWishes,
  oddCertificate,
  rawInteger,
  rawTime,
} from "./testdata/odd-certificate.ts";

const read = (wishes: OddWishes) => readForeignCertificate(oddCertificate(wishes));
const rules = (wishes: OddWishes) => lintCertificate(oddCertificate(wishes)).map(({ rule }) => rule);
const dns = (count: number) =>
  sequence(...Array.from({ length: count }, (_, n) => contextPrimitive(2, `n${n}.example`)));

test("a sound certificate is read alike by the strict and the tolerant reader", () => {
  const der = oddCertificate({ extensions: [extension("2.5.29.17", dns(2))] });
  expect(readForeignCertificate(der)).toEqual(parseCertificate(der));
});

test.each<[string, DerNode, string]>([
  ["negative", rawInteger(0xf1), "-0f"],
  ["negative, of the shortest magnitude", rawInteger(0xff, 0xff), "-01"],
  ["negative, with a carry", rawInteger(0x80, 0, 0), "-800000"],
  ["zero", rawInteger(0), "00"],
  ["with a superfluous zero", rawInteger(0, 0x12), "12"],
  ["without octets", rawInteger(), "00"],
  ["of 30 octets", rawInteger(...new Array(30).fill(0x11)), "11".repeat(30)],
])("a serial number that is %s is shown and found wanting", (_, serial, text) => {
  expect(read({ serial }).serialNumber).toBe(text);
  expect(lintCertificate(oddCertificate({ serial })).some(({ severity }) => severity === "error")).toBe(true);
});

test.each([0x80, 0xff])("a serial number of 250 KB that begins with %i is read at once", (first) => {
  const serial = element(TAG.integer, new Uint8Array(250_000).fill(0xf7).fill(first, 0, 1));
  const before = process.cpuUsage();
  expect(read({ serial }).serialNumber).toMatch(/^-[0-9a-f]+$/);
  lintCertificate(oddCertificate({ serial }));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(2_000);
});

test.each<[string, DerNode, string]>([
  ["in the year 9999", rawTime(TAG.generalizedTime, "99991231235959Z"), "9999-12-31T23:59:59.000Z"],
  ["without seconds", rawTime(TAG.utcTime, "2601010000Z"), "2026-01-01T00:00:00.000Z"],
  ["with an offset", rawTime(TAG.utcTime, "260101000000+0130"), "2025-12-31T22:30:00.000Z"],
  ["with fractions", rawTime(TAG.generalizedTime, "20260101000000.5Z"), "2026-01-01T00:00:00.000Z"],
  ["without a zone", rawTime(TAG.generalizedTime, "20260101000000"), "2026-01-01T00:00:00.000Z"],
  ["on a day that is not", rawTime(TAG.utcTime, "260230000000Z"), "2026-03-02T00:00:00.000Z"],
])("an end %s is read", (_, notAfter, iso) => {
  expect(read({ notAfter }).notAfter.toISOString()).toBe(iso);
});

test("what is no time at all leaves no certificate", () => {
  expect(() => read({ notAfter: rawTime(TAG.utcTime, "soon") })).toThrow(
    expect.objectContaining({ code: "malformed" }),
  );
});

describe("what is odd is a finding and no failure", () => {
  const ec = (curve: DerNode) =>
    sequence(sequence(oid("1.2.840.10045.2.1"), curve), bitString(new Uint8Array(65).fill(4)));
  test.each<[string, OddWishes, string]>([
    ["an unknown curve", { spki: ec(oid("1.3.36.3.3.2.8.1.1.99")) }, "rfc5280.4.1.2.7.key"],
    [
      "a key that cannot be read",
      { spki: sequence(sequence(oid("1.2.840.113549.1.1.1"), NULL), bitString(Uint8Array.of(1, 2))) },
      "x690.truncated",
    ],
    [
      "parameters where none belong",
      { signatureAlgorithm: sequence(oid("1.2.840.10045.4.3.2"), rawInteger(1)) },
      "asn1.surplus",
    ],
    [
      "text that is not of its type",
      { subject: nameOf(element(TAG.utf8String, Uint8Array.of(0x4d, 0xfc))) },
      "x690.string",
    ],
    ["an empty set in a name", { subject: sequence(setOf()) }, "rfc5280.4.1.2.4"],
    [
      "a malformed extension",
      { extensions: [extension("2.5.29.15", rawInteger(1))] },
      "rfc5280.4.2.malformed-extension",
    ],
    ["something that is no extension", { extensions: [rawInteger(1)] }, "x690.tag"],
    ["a name with NUL", { subject: nameOf("a\0b") }, "rfc5280.4.1.2.6.subject-characters"],
    [
      "an address of three octets",
      { extensions: [extension("2.5.29.17", sequence(contextPrimitive(7, Uint8Array.of(1, 2, 3))))] },
      "rfc5280.4.2.malformed-extension",
    ],
  ])("%s", (_, wishes, rule) => {
    expect(read(wishes).sha256).toHaveLength(64);
    expect(rules(wishes)).toContain(rule);
  });

  test("text outside of its type is shown octet for octet", () => {
    const subject = nameOf(element(TAG.utf8String, Uint8Array.of(0x4d, 0xfc)));
    expect(commonName(read({ subject }).subject)).toBe("Mü");
  });

  test("markup and terminal escapes in a subject stay text, and escapes are shown as such", () => {
    const subject = nameOf("<script>alert(1)</script>\u001b[31m\u202e");
    expect(formatName(read({ subject }).subject)).toBe(
      "CN=\\<script\\>alert(1)\\</script\\>\\1b[31m\\e2\\80\\ae",
    );
  });
});

test("5,000 names and an extension of 64 KB are read, in little time", () => {
  const extensions = [
    extension("2.5.29.17", dns(5_000)),
    extension("1.2.3.4.5", octetString(new Uint8Array(65_536))),
  ];
  const start = performance.now();
  expect(read({ extensions }).names).toHaveLength(5_000);
  lintCertificate(oddCertificate({ extensions }));
  expect(performance.now() - start).toBeLessThan(5_000);
});
