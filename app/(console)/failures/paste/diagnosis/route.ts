import { authorize } from "#lib/authorization/authorize.ts";
import { readDiagnosedBody } from "#lib/handshake/diagnosed-body.ts";
import { DIAGNOSED_BYTES_MAX } from "#lib/handshake/diagnosed-bounds.ts";
import { answeredAs, bodyOf } from "../../../posted.ts";
import { diagnosePasted } from "../pasted.ts";

const BOUND = {
  bytesMax: DIAGNOSED_BYTES_MAX,
  detail: `This is more than ${DIAGNOSED_BYTES_MAX >> 20} MB. Paste the lines of the handshake only.`,
};

/** Diagnoses lines, text or packed with gzip, and stores nothing. A log is larger than what an action takes. */
export async function POST(request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  return answeredAs(request, async (here, actor) => {
    authorize(actor, "failure:read"); // before a byte of the body is read
    const lines = await readDiagnosedBody(await bodyOf(request, BOUND), {});
    return diagnosePasted(here, actor, lines, {
      proxy: query.get("proxy") ?? "auto",
      bundle: query.get("bundle") ?? "",
    });
  });
}
