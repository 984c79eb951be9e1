import { issuedFiles } from "#lib/authority/bulk-files.ts";
import { installation } from "#lib/installation.ts";
import { requireSameOrigin } from "#lib/web/same-origin.ts";
import { streamedAnswer } from "#lib/web/streamed-answer.ts";

interface Context {
  params: Promise<{ run: string }>;
}

/** What a run issued, without private keys. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { run } = await params;
  return streamedAnswer((actor) => issuedFiles(installation(), actor, run, false));
}

/** The same with private keys. A POST, because it is recorded and nobody should be led to it by a link. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { run } = await params;
  return streamedAnswer((actor) => {
    const here = installation();
    requireSameOrigin(request, here.config.publicUrl);
    return issuedFiles(here, actor, run, true);
  });
}
