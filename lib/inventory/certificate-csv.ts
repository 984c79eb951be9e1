import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { csvLine } from "#lib/csv-writer.ts";
import type { Installation } from "#lib/installation.ts";
import type { CertificateFilter } from "#lib/inventory/certificate-filter.ts";
import { type CertificatePage, pageOf } from "#lib/inventory/certificate-list.ts";
import { type CertificateName, readNames } from "#lib/inventory/certificate-names.ts";
import type { CertificateSort } from "#lib/inventory/certificate-order.ts";
import type { CertificateSummary } from "#lib/inventory/certificate-summary.ts";

/**
 * Certificates read in the first steps and in each that follows. The first are small, so that the first line comes
 * at once: whoever sends it begins to read the two that follow before.
 */
const AT_FIRST = [50, 50, 50];
const AT_ONCE = 500;

type Row = CertificateSummary & { names: readonly CertificateName[] };

const COLUMNS: Record<string, (certificate: Row) => string | null> = {
  name: ({ displayName }) => displayName,
  status: ({ status }) => status,
  risks: ({ risks }) => risks.join(" "),
  kind: ({ kind }) => kind,
  subject: ({ subject }) => subject,
  issuer: ({ issuerName }) => issuerName,
  authority: ({ issuer }) => issuer?.slug ?? null,
  profile: ({ profile }) => profile?.slug ?? null,
  serial: ({ serial }) => serial,
  sha256: ({ sha256 }) => sha256,
  "not before": ({ notBefore }) => timeText(notBefore),
  "not after": ({ notAfter }) => timeText(notAfter),
  "key algorithm": ({ keyAlgorithm }) => keyAlgorithm,
  owner: ({ owner }) => owner,
  tags: ({ tags }) => tags.join(" "),
  source: ({ source }) => source,
  "requested by": ({ requestedBy }) => requestedBy,
  added: ({ createdAt }) => timeText(createdAt),
  "last seen": ({ lastSeenAt }) => (lastSeenAt === null ? null : timeText(lastSeenAt)),
  "last seen at": ({ lastSeenWhere }) => lastSeenWhere,
  revoked: ({ revokedAt }) => (revokedAt === null ? null : timeText(revokedAt)),
  "revocation reason": ({ revocationReason }) => revocationReason,
  id: ({ id }) => id,
  names: ({ names }) => names.map(({ value }) => value).join(" "),
};

/**
 * All certificates that pass a filter, as CSV (RFC 4180, UTF-8, a line of column names first), made while it is sent.
 * Of each certificate's alternative names the first NAMES_MAX, in lower case and with spaces between, are in it.
 * Rows that come or go meanwhile may or may not be in it; each of the others is there once.
 *
 * @throws DomainError `forbidden` before anything is made
 */
export function certificateCsv(
  installation: Installation,
  actor: Actor,
  filter: CertificateFilter,
  sort: CertificateSort,
): { type: string; fileName: string; body: AsyncGenerator<Uint8Array> } {
  authorize(actor, "certificate:read");
  return {
    type: "text/csv; charset=utf-8; header=present",
    fileName: `certificates-${installation.clock.now().toISOString().slice(0, 10)}.csv`,
    body: lines(installation, filter, sort),
  };
}

async function* lines(
  installation: Installation,
  filter: CertificateFilter,
  sort: CertificateSort,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = csvLine(Object.keys(COLUMNS));
  let after: string | null | undefined;
  const first = AT_FIRST.values();
  do {
    const page: CertificatePage = await pageOf(installation, {
      filter,
      sort,
      after: after ?? undefined,
      limit: first.next().value ?? AT_ONCE,
    });
    const names = await readNames(
      installation.database,
      page.certificates.map(({ id }) => id),
    );
    for (const certificate of page.certificates) {
      const row = { ...certificate, names: names.get(certificate.id) ?? [] };
      text += csvLine(Object.values(COLUMNS).map((cell) => cell(row)));
    }
    if (text !== "") yield encoder.encode(text);
    text = "";
    after = page.next;
  } while (after !== null);
}

function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
