import type { IncomingMessage } from "node:http";
import { DomainError, malformed } from "#lib/errors.ts";

/** Larger than any signing request with its JSON around; a 5 MB file is refused while it arrives. */
export const BODY_BYTES_MAX = 128 * 1024;

/**
 * Reads a request's body, bounded.
 *
 * @param bytesMax as it comes, packed or not
 * @throws DomainError `tooLarge`
 */
export function readBody(incoming: IncomingMessage, bytesMax = BODY_BYTES_MAX): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const detail = `The request's body is larger than ${bytesMax} bytes.`;
    const tooLarge = () =>
      new DomainError("tooLarge", detail, { violations: [{ field: "body", rule: "body.size", detail }] });
    if (Number(incoming.headers["content-length"] ?? 0) > bytesMax) {
      incoming.resume(); // so that the client can finish sending and read the answer
      reject(tooLarge());
      return;
    }
    const parts: Buffer[] = [];
    let size = 0;
    incoming.on("data", (part: Buffer) => {
      size += part.length;
      if (size <= bytesMax) parts.push(part);
      else reject(tooLarge());
    });
    incoming.on("end", () => resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)));
    incoming.on("error", reject);
    incoming.on("aborted", () =>
      reject(new DomainError("malformed", "The request ended before its body did.")),
    );
  });
}

/** JSON of a body. @throws DomainError `malformed` */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw malformed("body", "rfc8259", "The request's body is not JSON.");
  }
}
