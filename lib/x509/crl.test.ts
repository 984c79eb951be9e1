import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { DomainError } from "../errors.ts";
import { keyIdentifier } from "./certificate.ts";
import { extensionNode } from "./certificate-extensions.ts";
import { readCrl, verifyCrl } from "./crl-reader.ts";
import { type CrlEntryInput, crlEntry } from "./crl-writer.ts";
import {
  bitString,
  boolean,
  context,
  contextPrimitive,
  type DerNode,
  element,
  encodeDer,
  generalizedTime,
  integer,
  NULL,
  oid,
  sequence,
  TAG,
  time,
} from "./der-writer.ts";
import { fromHex, toHex } from "./hex.ts";
import type { KeyAlgorithm } from "./key-algorithm.ts";
import { encodeName, parseName } from "./name.ts";
import { OID } from "./oids.ts";
import { encodePem } from "./pem.ts";
import { REVOCATION_REASONS, type RevocationReason } from "./revocation-reason.ts";
import { fuzzParameters } from "./testdata/fuzz.ts";
import { type TestIdentity, testAuthority } from "./testdata/issue.ts";
import { testCrl } from "./testdata/revoke.ts";

let issuer: TestIdentity;
beforeAll(async () => {
  issuer = await testAuthority();
});

const AT = new Date("2026-03-01T12:00:00Z");
const REASONS = Object.keys(REVOCATION_REASONS) as RevocationReason[];
const entryOf = (wishes: Partial<CrlEntryInput> = {}): CrlEntryInput => ({
  serial: "4fa017",
  revokedAt: AT,
  reason: "unspecified",
  invalidAt: null,
  ...wishes,
});

describe("the writer", () => {
  test.each<[string, Partial<CrlEntryInput>, string]>([
    ["nothing particular", {}, "30140203 4fa017 170d3236303330313132303030305a"],
    [
      "a reason",
      { reason: "keyCompromise" },
      "30220203 4fa017 170d3236303330313132303030305a 300c300a0603551d15 04030a0101",
    ],
    [
      "a time of compromise",
      { invalidAt: new Date("2025-12-31T23:59:59.999Z") },
      "30300203 4fa017 170d3236303330313132303030305a 301a30180603551d18 0411 180f32303235313233313233353935395a",
    ],
    [
      "a date from 2050 on (RFC 5280 §5.1.2.6)",
      { revokedAt: new Date("2050-01-01T00:00:00Z") },
      "30160203 4fa017 180f32303530303130313030303030305a",
    ],
    ["the highest bit set", { serial: "80" }, "30130202 0080 170d3236303330313132303030305a"],
    ["zeros in front", { serial: "00007f" }, "30120201 7f 170d3236303330313132303030305a"],
  ])("writes an entry with %s", (_, wishes, hex) => {
    expect(toHex(crlEntry(entryOf(wishes)))).toBe(hex.replaceAll(" ", ""));
  });

  test("an entry with everything, and the longest serial number, is one that is read", () => {
    const all = entryOf({ serial: "ff".repeat(63), reason: "aACompromise", invalidAt: AT, revokedAt: AT });
    const [read, ...others] = readCrl(testCrl(issuer, { entries: [all] })).entries();
    expect([read, others]).toEqual([{ ...all, certificateIssuer: null }, []]);
    expect(() => crlEntry(entryOf({ serial: "7f".repeat(65) }))).toThrow(DomainError);
  });

  test("revokedCertificates is absent when nothing is revoked (RFC 5280 §5.1.2.6)", () => {
    const crl = readCrl(testCrl(issuer));
    expect([...crl.entries()]).toEqual([]);
    expect(crl.tbs.length).toBeLessThan(readCrl(testCrl(issuer, { entries: [entryOf()] })).tbs.length - 20);
    // Behind the second date come the extensions at once.
    expect(toHex(crl.tbs)).toContain(`${toHex(encodeDer(time(crl.nextUpdate as Date)))}a0`);
  });

  test.each([0n, 1n, 127n, 128n, 1_800_000_000n, 2n ** 64n, 2n ** 152n])("CRL number %s", (number) => {
    expect(readCrl(testCrl(issuer, { number })).number).toBe(number);
  });
});

describe("the reader", () => {
  test.each<KeyAlgorithm>(["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-2048", "ml-dsa-44"])(
    "a CRL by a key of %s says what was written, and is its signer's alone",
    async (algorithm) => {
      const signer = await testAuthority({ algorithm });
      const other = await testAuthority({ algorithm });
      const dates = { thisUpdate: AT, nextUpdate: new Date("2051-01-01T00:00:00Z") };
      const der = testCrl(signer, { ...dates, number: 77n, entries: [entryOf()] });
      const crl = readCrl(der);
      expect(crl).toMatchObject({
        ...dates,
        number: 77n,
        issuerDer: encodeName(signer.subject),
        authorityKeyIdentifier: toHex(keyIdentifier(signer.spki)),
        isDelta: false,
        isPartial: false,
      });
      expect(verifyCrl(crl, signer.spki)).toBe(true);
      expect(verifyCrl(crl, other.spki)).toBe(false);
      expect(verifyCrl(crl, issuer.spki)).toBe(false);
      const altered = new Uint8Array(der);
      altered[der.indexOf(0x4f, 60)] = 0x4e;
      expect(verifyCrl(readCrl(altered), signer.spki)).toBe(false);
    },
  );

  test("whatever entries are written are read back, in their order and more than once", () => {
    const whole = (min: string, max: string) =>
      fc.date({ min: new Date(min), max: new Date(max), noInvalidDate: true }).map((date) => {
        date.setUTCMilliseconds(0);
        return date;
      });
    const serial = fc
      .uint8Array({ minLength: 1, maxLength: 20 })
      .map((octets) => toHex(octets).replace(/^(?:00)+(?=..)/, ""));
    const entry: fc.Arbitrary<CrlEntryInput> = fc.record({
      serial,
      revokedAt: whole("1950-01-01", "9999-12-31T23:59:59Z"),
      reason: fc.constantFrom(...REASONS),
      invalidAt: fc.option(whole("0000-01-01", "9999-12-31T23:59:59Z")),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
        const crl = readCrl(testCrl(issuer, { entries }));
        const expected = entries.map((written) => ({ ...written, certificateIssuer: null }));
        expect([...crl.entries()]).toEqual(expected);
        expect([...crl.entries()]).toEqual(expected);
      }),
      fuzzParameters(0.5),
    );
  });

  test("a hundred thousand entries are read one by one, as they are asked for", () => {
    const entries = Array.from({ length: 100_000 }, (_, index) =>
      entryOf({ serial: (0x400000 + index).toString(16), reason: "superseded" }),
    );
    const crl = readCrl(testCrl(issuer, { entries }));
    expect(crl.entries().next().value).toMatchObject({ serial: "400000" });
    let count = 0;
    for (const { serial } of crl.entries()) {
      if (serial !== entries[count]?.serial) throw new Error(`${serial} is out of its place`);
      count++;
    }
    expect(count).toBe(100_000);
    // Entries are read as they are asked for: one that is broken stops those behind it only.
    const broken = new Uint8Array(crl.der);
    broken[Buffer.from(broken).indexOf("0203404e20", 0, "hex")] = 0x04;
    let before = 0;
    expect(() => {
      for (const _ of readCrl(broken).entries()) before++;
    }).toThrow(DomainError);
    expect(before).toBe(20_000);
  });

  test("PEM is read too, with the text of other tools in front", () => {
    const der = testCrl(issuer, { entries: [entryOf()] });
    const pem = `Certificate Revocation List (CRL):\n  Version 2\n${encodePem("X509 CRL", der)}`;
    expect(readCrl(new TextEncoder().encode(pem)).der).toEqual(der);
  });

  test("a version 1 list without anything is a CRL, and tells no number and no nextUpdate", () => {
    const crl = readCrl(listOf({ version: null, nextUpdate: null, extensions: null }));
    expect(crl).toMatchObject({ number: null, nextUpdate: null, authorityKeyIdentifier: null });
    expect([...crl.entries()]).toEqual([]);
  });

  test("a list of revoked certificates that is there but empty, as some write it, is empty", () => {
    expect([...readCrl(listOf({ entries: sequence() })).entries()]).toEqual([]);
  });

  test("a delta CRL and one of some certificates only are told from a complete one", () => {
    const delta = listOf({ extensions: [extensionNode(OID.deltaCrlIndicator, true, integer(1))] });
    expect(readCrl(delta)).toMatchObject({ isDelta: true, isPartial: false });
    const scopeOf = (...members: DerNode[]) =>
      readCrl(
        listOf({ extensions: [extensionNode(OID.issuingDistributionPoint, true, sequence(...members))] }),
      );
    const url = "http://ca.example/1.crl";
    const none = { urls: [], only: null, onlySomeReasons: false, isIndirect: false };
    expect(scopeOf(context(0, context(0, contextPrimitive(6, url))))).toMatchObject({
      isPartial: true,
      scope: { ...none, urls: [url] },
    });
    const yes = Uint8Array.of(0xff);
    expect(scopeOf(contextPrimitive(1, yes)).scope).toEqual({ ...none, only: "user" });
    expect(scopeOf(contextPrimitive(2, yes)).scope).toEqual({ ...none, only: "authority" });
    expect(scopeOf(contextPrimitive(5, yes)).scope).toEqual({ ...none, only: "attribute" });
    expect(scopeOf(contextPrimitive(3, Uint8Array.of(5, 0x60))).scope).toEqual({
      ...none,
      onlySomeReasons: true,
    });
    expect(scopeOf(contextPrimitive(4, yes)).scope).toEqual({ ...none, isIndirect: true });
  });

  test("in an indirect CRL an entry without an issuer has that of the one before (RFC 5280 §5.3.3)", () => {
    const other = encodeName(parseName("CN=Other"));
    const by = (name: Uint8Array) =>
      sequence(extensionNode(OID.certificateIssuer, true, sequence(context(4, name))));
    const entries = sequence(
      sequence(integer(1), time(AT)),
      sequence(integer(2), time(AT), by(other)),
      sequence(integer(3), time(AT)),
    );
    const read = [...readCrl(listOf({ entries })).entries()];
    expect(read.map(({ certificateIssuer }) => certificateIssuer)).toEqual([null, other, other]);
  });

  test("removeFromCRL revokes nothing, and a reason that nobody defined still revokes", () => {
    const because = (serial: number, ...code: number[]) =>
      sequence(
        integer(serial),
        time(AT),
        sequence(extensionNode(OID.crlReason, false, element(TAG.enumerated, Uint8Array.from(code)))),
      );
    const entries = sequence(because(1, 8), because(2, 7), because(3, 0), because(4, 1), because(5, 1, 0));
    const read = [...readCrl(listOf({ entries })).entries()];
    expect(read.map(({ serial, reason }) => [serial, reason])).toEqual([
      ["02", "unspecified"],
      ["03", "unspecified"],
      ["04", "keyCompromise"],
      ["05", "unspecified"],
    ]);
  });
});

describe("what is not a CRL that may be used is refused by name of the rule", () => {
  const revoked = (...members: DerNode[]) => listOf({ entries: sequence(sequence(...members)) });
  const extensions = (...list: DerNode[]) => listOf({ extensions: list });
  const number = extensionNode(OID.crlNumber, false, integer(1));

  test.each<[string, () => Uint8Array, string]>([
    ["nothing", () => new Uint8Array(), "rfc7468.2.begin"],
    [
      "a certificate in PEM",
      () => new TextEncoder().encode(encodePem("CERTIFICATE", issuer.der)),
      "rfc7468.6",
    ],
    ["a certificate in DER", () => issuer.der, "x690.tag"],
    ["octets behind the end", () => new Uint8Array([...testCrl(issuer), 0]), "asn1.surplus"],
    ["an indefinite length", () => Uint8Array.of(0x30, 0x80, 0, 0), "x690.10.1"],
    ["a length of five octets", () => Uint8Array.of(0x30, 0x85, 1, 0, 0, 0, 0), "x690.truncated"],
    ["a longer length than is there", () => testCrl(issuer).subarray(0, -1), "x690.truncated"],
    ["version 3", () => listOf({ version: 2 }), "rfc5280.5.1.2.1"],
    ["extensions in version 1", () => listOf({ version: null }), "asn1.surplus"],
    ["another algorithm inside than outside", () => listOf({ inner: OID.sha256WithRsa }), "rfc5280.5.1.1.2"],
    ["an unknown critical extension", () => extensions(extensionNode("1.2.3", true, NULL)), "rfc5280.5.2"],
    ["an extension twice", () => extensions(number, number), "rfc5280.4.2.duplicate"],
    [
      "a negative number",
      () => extensions(extensionNode(OID.crlNumber, false, element(TAG.integer, Uint8Array.of(0x80)))),
      "rfc5280.5.2.3",
    ],
    [
      "a number of 21 octets",
      () => extensions(extensionNode(OID.crlNumber, false, integer(new Uint8Array(21).fill(1)))),
      "rfc5280.5.2.3",
    ],
    ["an entry that is none", () => listOf({ entries: sequence(integer(1)) }), "rfc5280.5.1.2.6"],
    ["an entry without a date", () => revoked(integer(1)), "asn1.missing"],
    [
      "a superfluous zero in a serial number, for which OpenSSL refuses the whole CRL",
      () => revoked(element(TAG.integer, Uint8Array.of(0, 1)), time(AT)),
      "x690.8.3.2",
    ],
    ["a serial number without octets", () => revoked(element(TAG.integer, ""), time(AT)), "rfc5280.4.1.2.2"],
    [
      "a date with fractions",
      () => revoked(integer(1), element(TAG.generalizedTime, "20260101000000.5Z")),
      "rfc5280.4.1.2.5",
    ],
    [
      "an unknown critical extension of an entry",
      () => revoked(integer(1), time(AT), sequence(extensionNode("1.2.3", true, NULL))),
      "rfc5280.5.3",
    ],
    [
      "a reason that is a number, not an enumeration",
      () => revoked(integer(1), time(AT), sequence(extensionNode(OID.crlReason, false, integer(1)))),
      "x690.tag",
    ],
    [
      "an invalidity date that is no date",
      () => revoked(integer(1), time(AT), sequence(extensionNode(OID.invalidityDate, false, boolean(true)))),
      "rfc5280.4.1.2.5",
    ],
    [
      "an entry longer than any",
      () => revoked(integer(1), time(AT), contextPrimitive(0, "a".repeat(9000))),
      "rfc5280.5.1.2.6",
    ],
  ])("%s", (_, octets, rule) => {
    let refusal: unknown = null;
    try {
      for (const { serial } of readCrl(octets()).entries()) expect(serial).toMatch(/^[0-9a-f]+$/);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(DomainError);
    expect((refusal as DomainError).violations[0]?.rule).toBe(rule);
  });

  test("more than 64 MB", () => {
    expect(() => readCrl(new Uint8Array((64 << 20) + 1).fill(0x30))).toThrow(
      expect.objectContaining({ code: "tooLarge" }),
    );
  });
});

interface ListWishes {
  /** Null: version 1. */
  version?: number | null;
  /** Of the algorithm inside the signed part. */
  inner?: string;
  nextUpdate?: Date | null;
  entries?: DerNode;
  extensions?: readonly DerNode[] | null;
}

/** A CRL of any shape, which nobody has signed. */
function listOf(wishes: ListWishes): Uint8Array {
  const { version = 1, inner = OID.ecdsaWithSha256, nextUpdate = AT, entries } = wishes;
  const { extensions = [extensionNode(OID.crlNumber, false, integer(1))] } = wishes;
  const members: DerNode[] = [];
  if (version !== null) members.push(integer(version));
  members.push(sequence(oid(inner)), encodeName(parseName("CN=Issuer")), time(AT));
  if (nextUpdate !== null) members.push(generalizedTime(nextUpdate));
  if (entries !== undefined) members.push(entries);
  if (extensions !== null) members.push(context(0, sequence(...extensions)));
  const signature = bitString(fromHex("00"));
  return encodeDer(sequence(sequence(...members), sequence(oid(OID.ecdsaWithSha256)), signature));
}
