import { describe, expect, test } from "vitest";
import { DomainError } from "../errors.ts";
import { decodeOid } from "./der-oid.ts";
import { readDer } from "./der-reader.ts";
import {
  encodeDer,
  integer,
  isOid,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  utf8String,
} from "./der-writer.ts";
import { fromHex, toHex } from "./hex.ts";

const hex = (node: Parameters<typeof encodeDer>[0]) => toHex(encodeDer(node));

function ruleOf(read: () => unknown): string | undefined {
  try {
    read();
  } catch (error) {
    if (error instanceof DomainError) return error.violations[0]?.rule;
    throw error;
  }
  return undefined;
}

describe("the writer", () => {
  test.each([
    [new Uint8Array(0), "020100"],
    [Uint8Array.of(0), "020100"],
    [Uint8Array.of(0, 0, 0x7f), "02017f"],
    [Uint8Array.of(0x80), "02020080"],
    [Uint8Array.of(0, 0x80, 1), "0203008001"],
    [127, "02017f"],
    [128, "02020080"],
    [65537, "0203010001"],
    [210_000, "0203033450"],
  ])("writes integers in the fewest octets (X.690 §8.3.2): %s", (value, expected) => {
    expect(hex(integer(value))).toBe(expected);
  });

  test.each([
    [127, "047f"],
    [128, "048180"],
    [255, "0481ff"],
    [256, "04820100"],
    [65_535, "0482ffff"],
    [65_536, "0483010000"],
    [16_777_215, "0483ffffff"],
    [16_777_216, "048401000000"],
  ])("writes lengths in the shortest definite form (X.690 §10.1): %i octets", (size, head) => {
    const der = encodeDer(octetString(new Uint8Array(size)));
    expect(toHex(der.subarray(0, head.length / 2))).toBe(head);
    expect(der.length).toBe(head.length / 2 + size);
  });

  test("puts the members of a SET OF in ascending order (X.690 §11.6)", () => {
    expect(hex(setOf(integer(300), integer(2), integer(1)))).toBe(`310a${"020101"}${"020102"}${"0202012c"}`);
  });

  test("writes times as UTCTime until 2049 and as GeneralizedTime from 2050 (RFC 5280 §4.1.2.5)", () => {
    expect(hex(time(new Date("2049-12-31T23:59:59.999Z")))).toBe(
      `170d${toHex(new TextEncoder().encode("491231235959Z"))}`,
    );
    expect(hex(time(new Date("2050-01-01T00:00:00Z")))).toBe(
      `180f${toHex(new TextEncoder().encode("20500101000000Z"))}`,
    );
    expect(() => time(new Date(Number.NaN))).toThrow(TypeError);
  });

  test.each([
    "1.2.840.113549.1.1.11",
    "2.5.4.3",
    "2.999.1",
    "0.39.1",
    "2.25.329800735698586629295641978511506172918",
  ])("writes and reads the object identifier %s", (text) => {
    expect(decodeOid(oid(text).subarray(2))).toBe(text);
  });

  test.each(["", "1", "3.1", "1.40", "1.2.", "1..2", "1.02.3", "2.5.4.x", "1.2.840 "])(
    "knows that %j is no object identifier",
    (text) => {
      expect(isOid(text)).toBe(false);
      expect(() => oid(text)).toThrow(TypeError);
    },
  );
});

describe("the reader refuses what is not DER", () => {
  test.each([
    ["nothing", "", "x690.truncated"],
    ["an indefinite length", "30800000", "x690.10.1"],
    ["a length longer than needed", "04810100", "x690.10.1"],
    ["a length with a leading zero", "04820001ff", "x690.10.1"],
    ["content that ends too early", "0405aabb", "x690.truncated"],
    ["data after the end", "050000", "x690.trailing"],
    ["a child longer than its parent", "30030405aabbccddee", "x690.truncated"],
    ["a primitive SEQUENCE", "1000", "x690.10.2"],
    ["a constructed OCTET STRING", "2400", "x690.10.2"],
    ["a tag of several octets", "1f8100", "x690.tag"],
    ["end-of-contents octets", "0000", "x690.tag"],
  ])("%s", (_, der, rule) => {
    expect(ruleOf(() => readDer(fromHex(der), "csr"))).toBe(rule);
  });

  test.each([
    [
      "an integer with a superfluous zero",
      "02020001",
      (value: ReturnType<typeof readDer>) => value.integer("x"),
      "x690.8.3.2",
    ],
    [
      "an integer without octets",
      "0200",
      (value: ReturnType<typeof readDer>) => value.integer("x"),
      "x690.8.3",
    ],
    [
      "a boolean that is 01",
      "010101",
      (value: ReturnType<typeof readDer>) => value.boolean("x"),
      "x690.11.1",
    ],
    [
      "a bit string with padding that is not zero",
      "030207ff",
      (value: ReturnType<typeof readDer>) => value.bitString("x"),
      "x690.11.2",
    ],
    [
      "a bit string without octets",
      "0300",
      (value: ReturnType<typeof readDer>) => value.bitString("x"),
      "x690.11.2",
    ],
    [
      "an unfinished object identifier",
      "060281 80".replace(" ", ""),
      (value: ReturnType<typeof readDer>) => value.oid("x"),
      "x690.8.19",
    ],
    [
      "bytes that are no UTF-8",
      "0c02c328",
      (value: ReturnType<typeof readDer>) => value.text("x"),
      "x690.string",
    ],
    [
      "a date that does not exist",
      `170d${toHex(new TextEncoder().encode("250230000000Z"))}`,
      (value: ReturnType<typeof readDer>) => value.time("x"),
      "rfc5280.4.1.2.5",
    ],
  ])("%s", (_, der, read, rule) => {
    expect(ruleOf(() => read(readDer(fromHex(der), "csr")))).toBe(rule);
  });

  test("and what is deeper, larger or more than it may be, as tooLarge", () => {
    const nested = Array.from({ length: 30 }).reduce<Parameters<typeof encodeDer>[0]>(
      (inner) => sequence(inner),
      sequence(),
    );
    const attempts = [
      () => readDer(encodeDer(nested), "csr"),
      () => readDer(encodeDer(sequence(utf8String("x".repeat(100)))), "csr", { maxBytes: 50 }),
      () =>
        readDer(encodeDer(sequence(...Array.from({ length: 100 }, () => integer(1)))), "csr", {
          maxNodes: 50,
        }),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(expect.objectContaining({ code: "tooLarge" }));
  });
});
