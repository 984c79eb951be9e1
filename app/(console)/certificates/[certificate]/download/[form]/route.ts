import { DOWNLOADS, type DownloadForm, downloadCertificate } from "#lib/authority/certificate-download.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { problemFrom } from "#lib/web/problem.ts";
import { currentActor } from "#lib/web/session.ts";

/** A certificate as a file, for whoever is signed in. */
export async function GET(
  _request: Request,
  { params }: RouteContext<"/certificates/[certificate]/download/[form]">,
): Promise<Response> {
  const { certificate, form } = await params;
  try {
    const actor = await currentActor();
    // A redirection to the sign-in page would be saved under the name of the certificate.
    if (actor === null) throw new DomainError("unauthenticated", "Sign in again, then download the file.");
    if (!isDownloadForm(form)) throw new DomainError("notFound", "There is no such form of download.");
    const { body, type, fileName } = await downloadCertificate(installation(), actor, certificate, form);
    return new Response(body, {
      headers: {
        "Content-Type": type,
        "Content-Disposition": `attachment; filename="${fileName}"`,
        "Cache-Control": "no-store",
      },
    });
  } catch (error) {
    const requestId = newId();
    if (!(error instanceof DomainError)) log("web").error({ err: error, requestId }, "A download failed");
    const problem = problemFrom(error, requestId);
    return new Response(`${problem.detail}\n`, {
      status: problem.status,
      headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" },
    });
  }
}

function isDownloadForm(form: string): form is DownloadForm {
  return Object.hasOwn(DOWNLOADS, form);
}
