import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { shownText } from "#lib/inventory/foreign-names.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { candidateSubject } from "#lib/inventory/issuer-candidate.ts";
import { type ParsedCertificate, readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { commonName, formatName, type Name } from "#lib/x509/name.ts";
import { decodePem } from "#lib/x509/pem.ts";

/** A certificate that may have signed others. */
export interface IssuerNode {
  /** Null for one above an imported authority that is not in the inventory itself. */
  id: string | null;
  name: string;
  /** The authority of ours whose certificate it is. */
  authority: { slug: string; name: string } | null;
  parsed: ParsedCertificate;
}

/** The most certificates of one name that are looked at; authorities that renew theirs have a handful. */
const SAME_NAME_MAX = 32;

/**
 * Who may have signed a certificate, by the issuer's name: certificates of the inventory, and those that came with
 * imported authorities. Asked many times in one search, it reads each name once.
 */
export function issuerSource(
  installation: Installation,
): (child: Pick<IssuerNode, "parsed">) => Promise<readonly IssuerNode[]> {
  const known = new Map<string, Promise<IssuerNode[]>>();
  return ({ parsed }) => {
    const subject = lookupName(parsed.issuer);
    let found = known.get(subject);
    if (found === undefined) {
      found = readIssuers(installation, subject);
      known.set(subject, found);
    }
    return found;
  };
}

/** A name as the inventory writes it, and as issuers are looked up by it. */
function lookupName(name: Name): string {
  return candidateSubject(shownText(formatName(name), Infinity));
}

async function readIssuers(installation: Installation, subject: string): Promise<IssuerNode[]> {
  const { read } = installation.database;
  const [rows, above] = await Promise.all([
    read.issuerCandidate.findMany({
      where: { subject, certificate: ISSUED },
      select: {
        certificate: {
          select: {
            id: true,
            displayName: true,
            body: true,
            authorities: { select: { slug: true, name: true } },
          },
        },
      },
      // The newest first: the oldest of very many are the least likely to matter.
      orderBy: { certificateId: "desc" },
      take: SAME_NAME_MAX,
    }),
    read.authority.findMany({ where: { issuersAbove: { not: "" } }, select: { issuersAbove: true } }),
  ]);
  const nodes = rows.flatMap(({ certificate: { id, displayName, body, authorities } }): IssuerNode[] => {
    const parsed = readable(body);
    return parsed === null ? [] : [{ id, name: displayName, authority: authorities[0] ?? null, parsed }];
  });
  const here = new Set(nodes.map(({ parsed }) => parsed.sha256));
  for (const { issuersAbove } of above) {
    for (const { der } of decodePem(issuersAbove, { field: "issuersAbove" })) {
      const parsed = readable(der);
      if (parsed === null || here.has(parsed.sha256)) continue;
      if (lookupName(parsed.subject) !== subject) continue;
      here.add(parsed.sha256);
      const name = shownText(commonName(parsed.subject) ?? formatName(parsed.subject), 255);
      nodes.push({ id: null, name, authority: null, parsed });
    }
  }
  return nodes;
}

/** What cannot be read at all cannot be shown to have signed anything. */
function readable(der: Uint8Array): ParsedCertificate | null {
  try {
    return readForeignCertificate(der);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
