import { DOWNLOADS, type DownloadForm, downloadCertificate } from "#lib/authority/certificate-download.ts";
import { DomainError } from "#lib/errors.ts";
import { installation } from "#lib/installation.ts";
import { fileAnswer } from "#lib/web/file-answer.ts";

/** A certificate as a file, for whoever is signed in. */
export async function GET(
  _request: Request,
  { params }: RouteContext<"/certificates/[certificate]/download/[form]">,
): Promise<Response> {
  const { certificate, form } = await params;
  return fileAnswer((actor) => {
    if (!isDownloadForm(form)) throw new DomainError("notFound", "There is no such form of download.");
    return downloadCertificate(installation(), actor, certificate, form);
  });
}

function isDownloadForm(form: string): form is DownloadForm {
  return Object.hasOwn(DOWNLOADS, form);
}
