import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { unsafeCharacter } from "#lib/x509/unsafe-character.ts";

/** A certificate as a search proposes it. */
export interface FoundCertificate {
  id: string;
  displayName: string;
  serial: string;
  kind: "end-entity" | "authority";
  notBefore: Date;
  notAfter: Date;
  issuerName: string;
  /** The certificate that renewed it. */
  replacedById: string | null;
}

/** Longer than any name that is searched (a DNS name has 253 characters) or a fingerprint with colons. */
const QUERY_MAX = 255;

/** Names looked at for one question: several of them may be of the same certificate. */
const NAMES_MAX = 200;

/** Sorts behind every character that names are made of. */
const AFTER_EVERY_NAME = "\uffff";
const AFTER_EVERY_DIGIT = "g";

/** Fewer hexadecimal digits would be found in too many serial numbers to mean one. */
const SHORTEST_HEXADECIMAL = 6;

/**
 * Certificates by the beginning of their common name or an alternative name, of their serial number
 * or of their SHA-256 fingerprint, the newest first. Each part of the question is a range of an
 * index (`startsWith` becomes LIKE, which reads whole tables), so a million certificates do not
 * make it slower.
 *
 * @param query a name, or hexadecimal with or without colons, as openssl prints it
 * @param limit the most to return
 */
export async function findCertificates(
  installation: Installation,
  actor: Actor,
  query: string,
  limit = 8,
): Promise<FoundCertificate[]> {
  authorize(actor, "certificate:read");
  const text = query.trim().toLowerCase().slice(0, QUERY_MAX);
  // No name holds such a character, and PostgreSQL cannot be asked for a NUL.
  if (text === "" || unsafeCharacter(text) !== null) return [];
  const ids = await Promise.all([idsByName(installation, text), idsByHexadecimal(installation, text, limit)]);
  const rows = await installation.database.read.certificate.findMany({
    where: { id: { in: [...new Set(ids.flat())] }, status: "issued" },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: limit,
    select: {
      id: true,
      displayName: true,
      serial: true,
      kind: true,
      notBefore: true,
      notAfter: true,
      issuerName: true,
      replacedBy: { where: { status: "issued" }, select: { id: true } },
    },
  });
  return rows.map(({ replacedBy, ...row }) => ({
    ...row,
    kind: row.kind as FoundCertificate["kind"],
    replacedById: replacedBy[0]?.id ?? null,
  }));
}

async function idsByName(installation: Installation, text: string): Promise<string[]> {
  const rows = await installation.database.read.certificateName.findMany({
    where: { value: { gte: text, lt: `${text}${AFTER_EVERY_NAME}` } },
    orderBy: [{ value: "asc" }, { certificateId: "desc" }],
    select: { certificateId: true },
    take: NAMES_MAX,
  });
  return rows.map((row) => row.certificateId);
}

async function idsByHexadecimal(installation: Installation, text: string, limit: number): Promise<string[]> {
  const hex = text.replaceAll(/[:\s]/g, "");
  if (!/^[0-9a-f]+$/.test(hex) || hex.length < SHORTEST_HEXADECIMAL) return [];
  const { read } = installation.database;
  const range = { gte: hex, lt: `${hex}${AFTER_EVERY_DIGIT}` };
  // Serial numbers are indexed under their issuer, of which there are few.
  const authorities = await read.authority.findMany({ select: { id: true } });
  const found = await Promise.all([
    read.certificate.findMany({ where: { sha256: range }, select: { id: true }, take: limit }),
    read.certificate.findMany({
      where: { issuerId: { in: authorities.map((authority) => authority.id) }, serial: range },
      select: { id: true },
      take: limit,
    }),
  ]);
  return found.flat().map((row) => row.id);
}
