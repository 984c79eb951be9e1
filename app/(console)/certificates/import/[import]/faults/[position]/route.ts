import { installation } from "#lib/installation.ts";
import { faultBody } from "#lib/inventory/import-read.ts";
import { fileAnswer } from "#lib/web/file-answer.ts";

/** The bytes that were kept of a part which could not be read. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ import: string; position: string }> },
): Promise<Response> {
  const { import: importId, position } = await params;
  return fileAnswer(async (actor) => ({
    body: await faultBody(installation(), actor, importId, Number(position)),
    // Nobody knows what it is, so that no browser should guess.
    type: "application/octet-stream",
    fileName: `part-${Number(position)}.bin`,
  }));
}
