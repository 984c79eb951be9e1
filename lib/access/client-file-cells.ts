import type { CredentialInput } from "#lib/access/credential-input.ts";
import { malformed, policyViolation } from "#lib/errors.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { decodePem } from "#lib/x509/pem.ts";

/** What the cells of a file of clients mean. */

const DAY_MS = 86_400_000;

/** The words of a cell, however they are separated. */
export function wordsOf(cell: string): string[] {
  return cell.split(/[\s;,]+/).filter((word) => word !== "");
}

/**
 * When a client is refused; null for never. A day without a time counts to its end.
 *
 * @throws DomainError field `expires`
 */
export function expiryOf(cell: string): Date | null {
  if (cell === "") return null;
  const refuse = () =>
    malformed(
      "expires",
      "clients.expires",
      `“${cell.slice(0, 40)}” is no day like 2027-12-31 and no time like 2027-12-31T18:00Z.`,
    );
  const parts = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(cell);
  if (parts === null) throw refuse();
  const [, day = "", time] = parts;
  const midnight = new Date(`${day}T00:00:00Z`);
  // The 31st of February is a day to JavaScript.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) throw refuse();
  const at = time === undefined ? new Date(midnight.getTime() + DAY_MS) : new Date(cell);
  if (Number.isNaN(at.getTime())) throw refuse();
  return at;
}

const NAME_TYPES = { uri: "uri", dns: "dns", cn: "commonName" } as const;

/**
 * What proves a client; null for nothing yet. What stands before the first colon says of which kind it is, unless
 * that is the colon of a fingerprint.
 *
 * @param authorities ids by their short names
 * @throws DomainError field `credential`
 */
export function proofOf(cell: string, authorities: ReadonlyMap<string, string>): CredentialInput | null {
  if (cell === "") return null;
  const body = bodyOf(cell);
  if (body !== null) {
    return { kind: "certificate", sha256: readForeignCertificate(body, "credential").sha256 };
  }
  const colon = cell.indexOf(":");
  const word = cell.slice(0, colon + 1).toLowerCase();
  const rest = cell.slice(colon + 1).trim();
  switch (word) {
    case "key:":
      return { kind: "key", sha256: rest };
    case "certificate:":
    case "sha256:":
      return { kind: "certificate", sha256: rest };
    case "uri:":
    case "dns:":
    case "cn:":
      return nameUnder(word.slice(0, -1) as keyof typeof NAME_TYPES, rest, authorities);
    default:
      return { kind: "certificate", sha256: cell };
  }
}

const UNDER = " under ";

function nameUnder(
  type: keyof typeof NAME_TYPES,
  text: string,
  authorities: ReadonlyMap<string, string>,
): CredentialInput {
  const at = text.lastIndexOf(UNDER);
  if (at === -1) {
    throw malformed(
      "credential",
      "clients.credential",
      `A name counts under an authority: write ${type}:… under followed by the authority's short name.`,
    );
  }
  const slug = text.slice(at + UNDER.length).trim();
  const authorityId = authorities.get(slug.toLowerCase());
  if (authorityId === undefined) {
    throw policyViolation(
      "credential",
      "credential.authority",
      `There is no authority “${slug.slice(0, 60)}”.`,
    );
  }
  return { kind: "name", nameType: NAME_TYPES[type], nameValue: text.slice(0, at).trim(), authorityId };
}

/**
 * The certificate that a cell holds in PEM; null when it holds something else.
 *
 * @throws DomainError field `credential`
 */
export function bodyOf(cell: string): Uint8Array | null {
  if (!cell.startsWith("-----BEGIN ")) return null;
  const [first] = decodePem(cell, { field: "credential", maxBlocks: 1 });
  if (first?.label === "CERTIFICATE") return first.der;
  throw malformed("credential", "clients.credential", "The PEM in the cell is no certificate.");
}
