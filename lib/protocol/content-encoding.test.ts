import { expect, test } from "vitest";
import { acceptsGzip } from "#lib/protocol/content-encoding.ts";

test.each([
  ["gzip", true],
  ["gzip, deflate, br", true],
  ["br;q=1.0, GZIP;q=0.8", true],
  ["*", true],
  ["*;q=0, gzip", true],
  ["gzip;q=0, *", false],
  ["gzip; q=0.000", false],
  ["identity", false],
  ["*;q=0", false],
  ["", false],
  [undefined, false],
])("Accept-Encoding %s takes gzip: %s (RFC 9110 §12.5.3)", (header, expected) => {
  expect(acceptsGzip(header)).toBe(expected);
});
