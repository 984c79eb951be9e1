import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DomainError, malformed } from "#lib/errors.ts";

const gunzipped = promisify(gunzip);

/**
 * A body as it was before it was compressed. What unpacks to more than allowed is given up there, however small it
 * came.
 *
 * @param encoding the value of Content-Encoding (RFC 9110 §8.4)
 * @param bytesMax of the unpacked body
 * @throws DomainError `tooLarge`, or `malformed` for other encodings and broken data
 */
export async function unpackedBody(
  body: Uint8Array,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Uint8Array> {
  const coding = (encoding ?? "").trim().toLowerCase();
  if (coding !== "" && coding !== "identity" && coding !== "gzip" && coding !== "x-gzip") {
    throw malformed(
      "Content-Encoding",
      "rfc9110.content-encoding",
      "Bodies come as they are or packed with gzip.",
    );
  }
  // Some shippers pack and do not say so; no text begins with these two bytes.
  const isPacked = coding.endsWith("gzip") || (body[0] === 0x1f && body[1] === 0x8b);
  if (!isPacked) {
    if (body.length > bytesMax) throw tooLarge(bytesMax);
    return body;
  }
  try {
    return await gunzipped(body, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(bytesMax);
    throw malformed("body", "rfc1952", "The body is not whole gzip data.", error);
  }
}

function tooLarge(bytesMax: number): DomainError {
  const detail = `Unpacked, the body is larger than ${bytesMax.toLocaleString("en")} bytes.`;
  return new DomainError("tooLarge", detail, { violations: [{ field: "body", rule: "body.size", detail }] });
}
