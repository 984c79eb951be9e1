import { runResults } from "#lib/authority/bulk-results.ts";
import { installation } from "#lib/installation.ts";
import { streamedAnswer } from "#lib/web/streamed-answer.ts";

/** What came of every item of a run, as CSV. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ run: string }> },
): Promise<Response> {
  const { run } = await params;
  return streamedAnswer((actor) => runResults(installation(), actor, run));
}
