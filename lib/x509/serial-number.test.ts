import { expect, test } from "vitest";
import { newSerialNumber, parseSerialNumber } from "./serial-number.ts";

test("a serial number is positive, minimal and of 18 octets, whatever the randomness (RFC 5280 §4.1.2.2)", () => {
  expect(newSerialNumber((bytes) => bytes.fill(0))).toBe(`40${"00".repeat(17)}`);
  expect(newSerialNumber((bytes) => bytes.fill(255))).toBe(`7f${"ff".repeat(17)}`);
  for (let count = 0; count < 1000; count++) expect(newSerialNumber()).toMatch(/^[4-7][0-9a-f]{35}$/);
});

test("a thousand serial numbers are a thousand different ones", () => {
  expect(new Set(Array.from({ length: 1000 }, () => newSerialNumber())).size).toBe(1000);
});

test.each([
  ["4F:A0:17", "4fa017"],
  ["0x4fa017", "4fa017"],
  ["00:8f", "8f"],
  ["f", "0f"],
  [" 4f a0 ", "4fa0"],
])("%j is read as %j", (text, expected) => {
  expect(parseSerialNumber(text)).toBe(expected);
});

test.each(["", "xyz", "00", "-1", "ab".repeat(21), "1".repeat(1000)])("%j is refused", (text) => {
  expect(() => parseSerialNumber(text)).toThrow(expect.objectContaining({ code: "malformed" }));
});
