import {
  AUTHORITY_DOWNLOADS,
  type AuthorityDownloadForm,
  downloadAuthority,
} from "#lib/authority/authority-download.ts";
import { DomainError } from "#lib/errors.ts";
import { installation } from "#lib/installation.ts";
import { fileAnswer } from "#lib/web/file-answer.ts";

interface RouteContext {
  params: Promise<{ authority: string; form: string }>;
}

/** An authority's certificate or trust bundle as a file, for whoever is signed in. */
export async function GET(_request: Request, { params }: RouteContext): Promise<Response> {
  const { authority, form } = await params;
  return fileAnswer((actor) => {
    if (!isDownloadForm(form)) throw new DomainError("notFound", "There is no such form of download.");
    return downloadAuthority(installation(), actor, authority, form);
  });
}

function isDownloadForm(form: string): form is AuthorityDownloadForm {
  return Object.hasOwn(AUTHORITY_DOWNLOADS, form);
}
