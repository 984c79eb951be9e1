import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DomainError } from "#lib/errors.ts";
import { unpackedBody } from "./unpacked-body.ts";

const TEXT = Buffer.from("one\ntwo\n");

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${error.violations[0]?.rule}`;
    throw error;
  }
  return "none";
}

describe("a body", () => {
  test("is taken as it is, or unpacked, said or not", async () => {
    for (const [body, encoding] of [
      [TEXT, undefined],
      [TEXT, "identity"],
      [gzipSync(TEXT), "gzip"],
      [gzipSync(TEXT), "X-GZIP"],
      [gzipSync(TEXT), undefined],
      [Buffer.concat([gzipSync("one\n"), gzipSync("two\n")]), "gzip"],
    ] as const) {
      expect(Buffer.from(await unpackedBody(body, encoding, 100))).toEqual(TEXT);
    }
  });

  test("that unpacks to a thousand times its size is given up at the bound", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const before = process.memoryUsage().arrayBuffers;
    expect(await codeOf(unpackedBody(bomb, "gzip", 1_000_000))).toBe("tooLarge body.size");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    expect(await codeOf(unpackedBody(Buffer.alloc(101), undefined, 100))).toBe("tooLarge body.size");
  });

  test("of a thousand parts, each of which is small, is given up at the bound as well", async () => {
    const part = gzipSync(Buffer.alloc(100_000));
    const bomb = Buffer.concat(Array.from({ length: 1_000 }, () => part));
    expect(await codeOf(unpackedBody(bomb, "gzip", 1_000_000))).toBe("tooLarge body.size");
    // What is packed in it stays packed: it is read as bytes that are no text.
    expect((await unpackedBody(gzipSync(bomb), "gzip", 1_000_000)).length).toBe(bomb.length);
  });

  test("of nothing, or of nothing but the beginning of one that is packed", async () => {
    expect(await codeOf(unpackedBody(new Uint8Array(), undefined, 100))).toBe("none");
    expect(await codeOf(unpackedBody(Buffer.from([0x1f, 0x8b]), undefined, 100))).toBe("malformed rfc1952");
  });

  test("that is cut off, broken, or packed otherwise is refused", async () => {
    expect(await codeOf(unpackedBody(gzipSync(TEXT).subarray(0, 20), "gzip", 100))).toBe("malformed rfc1952");
    expect(await codeOf(unpackedBody(TEXT, "gzip", 100))).toBe("malformed rfc1952");
    expect(await codeOf(unpackedBody(TEXT, "br", 100))).toBe("malformed rfc9110.content-encoding");
    expect(await codeOf(unpackedBody(TEXT, "gzip, gzip", 100))).toBe("malformed rfc9110.content-encoding");
  });
});
