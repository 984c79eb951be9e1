import { expect, test } from "vitest";
import { byteRange } from "#lib/protocol/byte-range.ts";

test.each([
  ["bytes=0-9", { first: 0, last: 9 }],
  ["bytes=90-", { first: 90, last: 99 }],
  ["bytes=90-1000", { first: 90, last: 99 }],
  ["bytes=-10", { first: 90, last: 99 }],
  ["bytes=-1000", { first: 0, last: 99 }],
  ["bytes=100-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=9-0", null],
  ["bytes=-", null],
  ["bytes=0-1,5-6", null],
  ["lines=0-9", null],
  ["bytes=0x0-9", null],
  ["bytes=9999999999999999-", null],
  [undefined, null],
])("the range %s of 100 octets (RFC 9110 §14.1.2)", (header, expected) => {
  expect(byteRange(header, 100)).toEqual(expected);
});
