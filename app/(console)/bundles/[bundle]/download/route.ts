import { trustBundle } from "#lib/authority/authority-read.ts";
import { isAutomaticBundle } from "#lib/authority/automatic-bundles.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import { installation } from "#lib/installation.ts";
import { publishedBundle } from "#lib/inventory/trust-bundle-publish.ts";
import { fileAnswer } from "#lib/web/file-answer.ts";

interface RouteContext {
  params: Promise<{ bundle: string }>;
}

/** A trust bundle as a file, for whoever is signed in: the same bytes as those that are published. */
export async function GET(_request: Request, { params }: RouteContext): Promise<Response> {
  const { bundle } = await params;
  return fileAnswer(async (actor) => {
    authorize(actor, "authority:read");
    const pem = isAutomaticBundle(bundle)
      ? await trustBundle(installation(), bundle)
      : (await publishedBundle(installation(), bundle))?.pem;
    if (pem === undefined) throw new DomainError("notFound", "There is no such trust bundle.");
    return {
      body: new TextEncoder().encode(pem),
      type: "application/x-pem-file",
      fileName: `${bundle}.pem`,
    };
  });
}
