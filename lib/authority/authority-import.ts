import type { KeyObject } from "node:crypto";
import { adoptIssued } from "#lib/authority/adopt-issued.ts";
import { authorityPath } from "#lib/authority/authority-read.ts";
import { recordAuthority } from "#lib/authority/authority-record.ts";
import { readFormerCrl } from "#lib/authority/former-crl.ts";
import { checkIssuerPath } from "#lib/authority/issuer-path.ts";
import { sealKey } from "#lib/authority/key-store.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { malformed, policyViolation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import {
  type ParsedCertificate,
  parseCertificate,
  parseCertificates,
  verifyCertificateSignature,
} from "#lib/x509/certificate-reader.ts";
import { publicKeyOf } from "#lib/x509/key.ts";
import { commonName, formatName, namesEqual } from "#lib/x509/name.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { decodePkcs12 } from "#lib/x509/pkcs12-reader.ts";
import { readPrivateKey } from "#lib/x509/private-key.ts";
import { inspectPublicKey } from "#lib/x509/public-key.ts";
import { deception } from "#lib/x509/readable-text.ts";

/** An authority that exists elsewhere, with its key. */
export type AuthorityImport = {
  /** Shown everywhere; the common name of its subject when absent. */
  name?: string | undefined;
  /** What its profiles may issue; what its certificate allows when absent. */
  purposes?: readonly ("server" | "client")[] | undefined;
  /** The last CRL that its former software published, DER or PEM. */
  crl?: Uint8Array | undefined;
} & (
  | {
      /** PEM: the authority first, then those above it up to the root, unless the parent is ours. */
      certificate: string;
      /** PEM. */
      privateKey: string;
      privateKeyPassword?: string | undefined;
    }
  | { pkcs12: Uint8Array; password: string }
);

/** Certificates above the imported one; no sensible hierarchy is deeper. */
const PATH_MAX = 8;

/**
 * Takes over an existing authority with its key; from then on it signs here. What it signed before and the inventory
 * has becomes its own. Of what its former software revoked only those certificates are known here that are both in
 * the inventory and on the CRL that comes with it.
 *
 * @returns the id of the authority
 * @throws DomainError `malformed`, `policyViolation`, `expired` or `conflict`, naming the field:
 *   `certificate`, `privateKey`, `pkcs12`, `password`, `purposes` or `crl`
 */
export async function importAuthority(
  installation: Installation,
  actor: Actor,
  input: AuthorityImport,
): Promise<string> {
  authorize(actor, "authority:create");
  const now = installation.clock.now();
  const { privateKey, certificates } = await read(input);
  const [certificate, ...others] = certificates;
  if (certificate === undefined)
    throw malformed("certificate", "import.certificate", "There is no certificate in it.");
  checkIssuerPath([certificate], now);
  checkKey(certificate, privateKey);
  const { algorithm } = inspectPublicKey(certificate.spki);
  if (algorithm === null) {
    throw policyViolation(
      "privateKey",
      "key.strength",
      "The authority's key is of a kind that is not supported.",
    );
  }
  const { parentId, above } = await pathUp(installation, certificate, others);
  const path = [certificate, ...above];
  const pathLength = checkIssuerPath(path, now);
  const purposes = purposesOf(path, input.purposes);
  const name = nameOf(input, certificate);
  const former =
    input.crl === undefined ? null : await readFormerCrl(input.crl, { name, parsed: certificate }, now);
  const id = await recordAuthority(installation, actor, {
    key: sealKey(installation.masterKey, privateKey, algorithm, now),
    der: new Uint8Array(certificate.der),
    name,
    parentId,
    purposes,
    nameConstraints: certificate.nameConstraints,
    pathLength,
    issuersAbove: parentId === null ? above.map((each) => encodePem("CERTIFICATE", each.der)).join("") : "",
    source: "import",
    crlNumber: former?.number,
    action: "authority.imported",
    now,
  });
  await adoptIssued(installation, actor, { id, name, certificate, former });
  return id;
}

function nameOf({ name }: AuthorityImport, { subject }: ParsedCertificate): string {
  const full = name?.trim() || commonName(subject) || formatName(subject);
  const shown = [...full].slice(0, 64).join("");
  const problem = deception(shown);
  if (problem !== null) throw malformed("name", "authority.name", `The name of the authority ${problem}.`);
  return shown;
}

async function read(
  input: AuthorityImport,
): Promise<{ privateKey: KeyObject; certificates: ParsedCertificate[] }> {
  if ("pkcs12" in input) {
    const content = await decodePkcs12(input.pkcs12, input.password);
    return {
      privateKey: content.privateKey,
      certificates: content.certificates.map((der) => parseCertificate(der, "pkcs12")),
    };
  }
  return {
    certificates: parseCertificates(input.certificate, {
      field: "certificate",
      maxCertificates: PATH_MAX + 1,
    }),
    privateKey: readPrivateKey(input.privateKey, input.privateKeyPassword),
  };
}

function checkKey(certificate: ParsedCertificate, privateKey: KeyObject): void {
  if (Buffer.compare(publicKeyOf(privateKey), certificate.spki) !== 0) {
    throw malformed(
      "privateKey",
      "import.key",
      "The private key does not belong to the authority's certificate.",
    );
  }
}

/** Relying parties look for the purpose in every authority's certificate that names any. */
function purposesOf(
  path: readonly ParsedCertificate[],
  wanted: readonly ("server" | "client")[] | undefined,
): ("server" | "client")[] {
  const allowed = (["server", "client"] as const).filter((purpose) =>
    path.every(
      ({ extendedKeyUsage: usage }) =>
        usage === null || usage.includes(`${purpose}Auth`) || usage.includes("anyExtendedKeyUsage"),
    ),
  );
  const beyond = wanted?.find((purpose) => !allowed.includes(purpose));
  if (beyond !== undefined) {
    throw policyViolation(
      "purposes",
      "rfc5280.4.2.1.12",
      `The authority's extended key usage does not allow ${beyond} certificates.`,
    );
  }
  const purposes = wanted === undefined ? allowed : [...wanted];
  if (purposes.length === 0) {
    throw policyViolation(
      "certificate",
      "rfc5280.4.2.1.12",
      "The authority may issue neither server nor client certificates.",
    );
  }
  return purposes;
}

/**
 * Finds what stands above: one of ours, or what came with it, up to a self-signed root.
 *
 * @returns every certificate above, and which of our authorities the lowest one is
 */
async function pathUp(
  installation: Installation,
  certificate: ParsedCertificate,
  others: readonly ParsedCertificate[],
): Promise<{ parentId: string | null; above: ParsedCertificate[] }> {
  const above: ParsedCertificate[] = [];
  let lowest = certificate;
  while (!namesEqual(lowest.subject, lowest.issuer)) {
    if (lowest === certificate) {
      const parentId = await issuerAmongOurs(installation, certificate);
      if (parentId !== null) {
        const ours = await authorityPath(installation, parentId);
        return { parentId, above: ours.map((der) => parseCertificate(der)) };
      }
    }
    const issuer = others.find((other) => !above.includes(other) && isIssuer(other, lowest));
    if (issuer === undefined || above.length === PATH_MAX) {
      throw malformed(
        "certificate",
        "import.path",
        `The certificate of the issuer ${formatName(lowest.issuer)} is missing: add every certificate up to the root.`,
      );
    }
    above.push(issuer);
    lowest = issuer;
  }
  if (!verifyCertificateSignature(lowest.der, lowest.spki)) {
    throw malformed(
      "certificate",
      "rfc5280.6.1",
      `The root ${formatName(lowest.subject)} has not signed itself.`,
    );
  }
  return { parentId: null, above };
}

async function issuerAmongOurs(installation: Installation, child: ParsedCertificate): Promise<string | null> {
  const authorities = await installation.database.read.authority.findMany({
    select: { id: true, certificate: { select: { body: true } } },
  });
  const parent = authorities.find((authority) =>
    isIssuer(parseCertificate(authority.certificate.body), child),
  );
  return parent?.id ?? null;
}

function isIssuer(issuer: ParsedCertificate, child: ParsedCertificate): boolean {
  return namesEqual(issuer.subject, child.issuer) && verifyCertificateSignature(child.der, issuer.spki);
}

/** The ids of the authorities that came here with their key. */
export async function importedAuthorities(
  { database }: Installation,
  actor: Actor,
): Promise<ReadonlySet<string>> {
  authorize(actor, "authority:read");
  const rows = await database.read.authority.findMany({
    where: { certificate: { source: "import" } },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}
