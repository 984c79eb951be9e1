import type { PresentedCertificate } from "#lib/access/decide/request.ts";
import type { ReadCertificate } from "#lib/access/presented-certificate.ts";
import type { Database } from "#lib/database.ts";

/** Whether a certificate is revoked as far as is recorded: by us, or by the CRL of its issuer that is followed here. */
export async function recordedRevocation(
  { read }: Database,
  { sha256, issuer, serial }: Pick<ReadCertificate, "sha256" | "issuer" | "serial">,
): Promise<Exclude<PresentedCertificate["revocation"], "unknown">> {
  const select = { revocation: { select: { reason: true } } } as const;
  const known =
    (await read.certificate.findUnique({ where: { sha256 }, select })) ??
    (issuer === null
      ? null
      : await read.certificate.findUnique({
          where: { issuerId_serial: { issuerId: issuer, serial } },
          select,
        }));
  const row = known?.revocation ?? null;
  if (row === null) return "good";
  return row.reason === "certificateHold" ? "held" : "revoked";
}
