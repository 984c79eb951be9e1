import { DIAGNOSED_LINES_MAX, DIAGNOSED_UNPACKED_MAX } from "./diagnosed-bounds.ts";
import { type ReadLines, readLines } from "./read-lines.ts";
import { unpackedBody } from "./unpacked-body.ts";

/**
 * The lines of a body that are diagnosed and not stored.
 *
 * @param body at most DIAGNOSED_BYTES_MAX of it
 * @throws DomainError `tooLarge`; `malformed` for data that is no gzip, or no JSON where it begins like it
 */
export async function readDiagnosedBody(
  body: Uint8Array,
  {
    contentType,
    contentEncoding,
  }: { contentType?: string | undefined; contentEncoding?: string | undefined },
): Promise<ReadLines> {
  const unpacked = await unpackedBody(body, contentEncoding, DIAGNOSED_UNPACKED_MAX);
  return readLines(unpacked, { contentType, linesMax: DIAGNOSED_LINES_MAX });
}
