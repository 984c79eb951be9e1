import type { Transaction } from "#lib/database.ts";

/**
 * Authorities with one name and key are one issuer to relying parties (RFC 5280 §6.3.3), however many certificates
 * it has: one that was renewed, or certified by several others, is here several times. Each of their CRLs is
 * complete only when it has what was issued under all of them.
 */

/** What tells issuers apart. */
interface IssuerName {
  keySha256: string;
  subject: string;
}

/** Names an issuer in memory. */
export const issuerKey = ({ keySha256, subject }: IssuerName) => `${keySha256} ${subject}`;

/**
 * The authorities that are one issuer with each of these, itself among them.
 *
 * @returns their ids, by the id of an authority
 */
export async function sameIssuers(
  transaction: Pick<Transaction, "authority">,
  authorityIds: readonly string[],
): Promise<Map<string, string[]>> {
  const select = { id: true, certificate: { select: { keySha256: true, subject: true } } } as const;
  const asked = await transaction.authority.findMany({ where: { id: { in: [...authorityIds] } }, select });
  const names = new Map(asked.map(({ certificate }) => [issuerKey(certificate), certificate]));
  const all = await transaction.authority.findMany({
    where: {
      OR: [...names.values()].map(({ keySha256, subject }) => ({ certificate: { keySha256, subject } })),
    },
    select,
  });
  const groups = Map.groupBy(all, ({ certificate }) => issuerKey(certificate));
  return new Map(
    asked.map(({ id, certificate }) => [
      id,
      (groups.get(issuerKey(certificate)) ?? []).map((member) => member.id),
    ]),
  );
}
