import type { CrlEntryInput } from "#lib/x509/crl-writer.ts";
import type { OcspStatus } from "#lib/x509/ocsp-response.ts";
import { REVOCATION_REASONS, type RevocationReason } from "#lib/x509/revocation-reason.ts";

/** What openssl 3.0 prints of revocation, read back. */

const at = (text: string) => new Date(text);
const REASONS = Object.keys(REVOCATION_REASONS) as RevocationReason[];

/** The entries in what `openssl crl -text` prints, without those that only say that something is revoked no longer. */
export function printedEntries(text: string): CrlEntryInput[] {
  return text
    .split(/^ {4}Serial Number: /m)
    .slice(1)
    .filter((part) => !part.includes("Remove From CRL"))
    .map((part) => {
      const reason = /Reason Code: \n +(.+)$/m.exec(part)?.[1]?.replaceAll(" ", "").toLowerCase();
      const invalidAt = /Invalidity Date: \n +(.+)$/m.exec(part)?.[1];
      return {
        serial: (part.split("\n")[0] as string).toLowerCase(),
        revokedAt: at(/Revocation Date: (.+)$/m.exec(part)?.[1] ?? ""),
        reason: REASONS.find((name) => name.toLowerCase() === (reason ?? "unspecified")) as RevocationReason,
        invalidAt: invalidAt === undefined ? null : at(invalidAt),
      };
    });
}

/** The statuses in what `openssl ocsp` says of each serial number it was given. */
export function printedStatuses(text: string): [serial: string, status: OcspStatus][] {
  return [...text.matchAll(/^0x(\w+): (good|unknown|revoked)\n((?:\t.*\n?)*)/gm)].map(
    ([, serial = "", kind, more = ""]) => {
      if (kind !== "revoked") return [serial, { kind: kind === "good" ? "good" : "unknown" }];
      const said = /Reason: (.*)/.exec(more)?.[1]?.toLowerCase() ?? "unspecified";
      const reason = REASONS.find((name) => name.toLowerCase() === said) as RevocationReason;
      return [serial, { kind, at: at(/Revocation Time: (.*)/.exec(more)?.[1] ?? ""), reason }];
    },
  );
}
