import type { SentCrl } from "#components/revocation/send-crl.ts";
import { crlSource } from "#lib/authority/crl-source-read.ts";
import { uploadCrl } from "#lib/authority/crl-source-upload.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { installation } from "#lib/installation.ts";
import { textProblem } from "#lib/web/file-answer.ts";
import { requireSameOrigin } from "#lib/web/same-origin.ts";
import { currentActor } from "#lib/web/session.ts";

/** Takes a CRL of another authority. proxy.ts leaves this path alone: Next would cut a long body off. */
export async function POST(request: Request): Promise<Response> {
  try {
    const here = installation();
    requireSameOrigin(request, here.config.publicUrl);
    const signedIn = await currentActor();
    if (signedIn === null) throw new DomainError("unauthenticated", "Sign in again, then upload the CRL.");
    const actor = { ...signedIn, requestId: newId() };
    const declaredBytes = Number(request.headers.get("content-length") ?? Number.NaN);
    const { sourceId, unchanged, entries, warnings, applied } = await uploadCrl(here, actor, {
      sourceId: new URL(request.url).searchParams.get("source") ?? undefined,
      declaredBytes: Number.isNaN(declaredBytes) ? null : declaredBytes,
      content: request.body ?? emptyBody(),
    });
    const { name } = await crlSource(here, actor, sourceId);
    const answer: SentCrl = { sourceId, name, unchanged, entries, warnings, applied };
    return Response.json(answer, { headers: { "Cache-Control": "no-store" } });
  } catch (error) {
    return textProblem(error, "A CRL could not be taken");
  }
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}
