import { systemActor } from "#lib/authorization/actor.ts";
import { openDriver } from "#lib/driver.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { readForeign } from "#lib/inventory/foreign-certificate.ts";
import { ownAuthorities } from "#lib/inventory/own-authorities.ts";
import { recordForeign } from "#lib/inventory/record-foreign.ts";
import { type ParsedCertificate, parseCertificate } from "#lib/x509/certificate-reader.ts";
import { decodePem } from "#lib/x509/pem.ts";

/**
 * A certificate that came with an imported authority of ours, as one above it, is taken into the inventory: there its
 * CRL can be kept.
 *
 * @param fits chooses it
 * @returns the id of its row; null when there is none that fits
 */
export async function adoptIssuerAbove(
  installation: Installation,
  fits: (certificate: ParsedCertificate) => Promise<boolean>,
): Promise<string | null> {
  const authorities = await installation.database.read.authority.findMany({
    where: { issuersAbove: { not: "" } },
    select: { issuersAbove: true },
  });
  const above = authorities
    .flatMap(({ issuersAbove }) => decodePem(issuersAbove, { field: "issuersAbove" }))
    .map(({ der }) => parseCertificate(der));
  const found = await firstThat(above, fits);
  if (found === null) return null;
  const certificate = readForeign(found.der, await ownAuthorities(installation));
  const connection = await openDriver(installation.config.database);
  try {
    const [outcome] = await installation.database.inTurn(() =>
      connection.transaction((transaction) =>
        recordForeign(transaction, ADOPTING, [{ id: newId(), certificate }], installation.clock.now()),
      ),
    );
    return outcome === undefined || outcome.outcome === "refused" ? null : outcome.id;
  } finally {
    await connection.close();
  }
}

const ADOPTING = systemActor("foreign CRLs");

async function firstThat<T>(items: readonly T[], fits: (item: T) => Promise<boolean>): Promise<T | null> {
  for (const item of items) if (await fits(item)) return item;
  return null;
}
