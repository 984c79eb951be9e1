import { openResponderSigner } from "#lib/authority/key-store.ts";
import type { Signer } from "#lib/authority/signer.ts";
import type { Installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { keyIdentifier } from "#lib/x509/certificate.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { compareBytes } from "#lib/x509/der-writer.ts";
import { type CertIdHash, issuerHashes, type OcspCertId } from "#lib/x509/ocsp-cert-id.ts";

/** What signs answers about the certificates of an issuer. */
export interface OcspSigner {
  certificateId: string;
  certificate: Uint8Array;
  signer: Signer;
  /** The responder's id by key (RFC 6960 §4.2.1). */
  keyHash: Uint8Array;
  notAfter: Date;
}

/** An issuer as requests name it: by its name and its key. */
export interface OcspIssuer {
  /** The authorities of ours with this name and key; several when one got a new certificate for its old key. */
  authorityIds: string[];
  /** The first one's, for figures. */
  slug: string;
  /** Serial numbers of certificates that it gave itself: no other row says that it is their issuer. */
  selfIssued: Set<string>;
  /** When the last of the authorities' certificates ends, in milliseconds since 1970. */
  notAfter: number;
  signers: OcspSigner[];
}

/** The issuers that are answered for, all authorities of ours, by the hashes that name them. */
export interface OcspDirectory {
  find(certId: Pick<OcspCertId, "hash" | "issuerNameHash" | "issuerKeyHash">): OcspIssuer | undefined;
}

/** By these digests an issuer is found; answers repeat what the request had. */
const HASHES: readonly CertIdHash[] = ["sha1", "sha256", "sha384", "sha512"];

/** What never changes about an authority. */
interface KnownAuthority {
  id: string;
  slug: string;
  /** Its places in the directory. */
  keys: string[];
  selfIssuedSerial: string | null;
  notAfter: Date;
}

/**
 * Keeps the directory in memory, and reads it anew whenever revocations or responders changed. A new authority is
 * noticed by its responder, without which nothing is answered for it.
 */
export class OcspIssuers {
  readonly #installation: Installation;
  readonly #authorities = new Map<string, KnownAuthority>();
  readonly #signers = new Map<string, OcspSigner | null>();
  #current: { counter: number; directory: Promise<OcspDirectory> } | null = null;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** @param counter what `revocationCounter` said */
  at(counter: number): Promise<OcspDirectory> {
    if (this.#current?.counter === counter) return this.#current.directory;
    const directory = this.#read();
    const current = { counter, directory };
    this.#current = current;
    directory.catch(() => {
      if (this.#current === current) this.#current = null;
    });
    return directory;
  }

  async #read(): Promise<OcspDirectory> {
    const rows = await this.#installation.database.read.authority.findMany({
      select: { id: true, responder: { select: { certificateId: true } } },
      orderBy: { createdAt: "asc" },
    });
    await this.#learnAuthorities(rows.map(({ id }) => id));
    const responders = new Map(
      rows.flatMap(({ id, responder }) => (responder ? [[responder.certificateId, id]] : [])),
    );
    await this.#learnSigners(responders);
    const issuers = new Map<string, OcspIssuer>();
    for (const { id, responder } of rows) {
      const known = this.#authorities.get(id);
      if (known === undefined) continue;
      const issuer = issuers.get(known.keys[0] ?? "") ?? newIssuer(known);
      issuer.authorityIds.push(id);
      issuer.notAfter = Math.max(issuer.notAfter, known.notAfter.getTime());
      if (known.selfIssuedSerial !== null) issuer.selfIssued.add(known.selfIssuedSerial);
      const signer = this.#signers.get(responder?.certificateId ?? "");
      if (signer) issuer.signers.push(signer);
      for (const key of known.keys) issuers.set(key, issuer);
    }
    return { find: (certId) => issuers.get(placeOf(certId)) };
  }

  async #learnAuthorities(ids: readonly string[]): Promise<void> {
    const rows = await this.#installation.database.read.authority.findMany({
      where: { id: { in: ids.filter((id) => !this.#authorities.has(id)) } },
      select: { id: true, slug: true, certificate: { select: { body: true } } },
    });
    for (const { id, slug, certificate } of rows) {
      const { subjectDer, issuerDer, spki, serialNumber, notAfter } = parseCertificate(certificate.body);
      this.#authorities.set(id, {
        id,
        slug,
        keys: HASHES.map((hash) => placeOf({ hash, ...issuerHashes({ subject: subjectDer, spki }, hash) })),
        selfIssuedSerial: compareBytes(subjectDer, issuerDer) === 0 ? serialNumber : null,
        notAfter,
      });
    }
  }

  /** @param wanted authorities by the certificate of their responder */
  async #learnSigners(wanted: ReadonlyMap<string, string>): Promise<void> {
    for (const known of this.#signers.keys()) if (!wanted.has(known)) this.#signers.delete(known);
    const { database, masterKey } = this.#installation;
    const missing = [...wanted].flatMap(([certificateId, id]) =>
      this.#signers.has(certificateId) ? [] : [id],
    );
    const rows = await database.read.ocspResponder.findMany({ where: { authorityId: { in: missing } } });
    const bodies = await database.read.certificate.findMany({
      where: { id: { in: rows.map(({ certificateId }) => certificateId) } },
      select: { id: true, body: true },
    });
    for (const { id: certificateId, body } of bodies) {
      const row = rows.find((each) => each.certificateId === certificateId);
      if (row === undefined) continue;
      try {
        const { spki, notAfter } = parseCertificate(body);
        const signer = openResponderSigner(masterKey, { ...row, spki });
        this.#signers.set(certificateId, {
          certificateId,
          certificate: body,
          signer,
          keyHash: keyIdentifier(spki),
          notAfter,
        });
      } catch (error) {
        // One row that somebody altered silences its authority only.
        log("authority").error(
          { err: error, authorityId: row.authorityId },
          "an OCSP responder cannot be used",
        );
        this.#signers.set(certificateId, null);
      }
    }
  }
}

function newIssuer({ slug }: KnownAuthority): OcspIssuer {
  return { authorityIds: [], slug, selfIssued: new Set(), notAfter: 0, signers: [] };
}

function placeOf({ hash, issuerNameHash, issuerKeyHash }: Parameters<OcspDirectory["find"]>[0]): string {
  return `${hash} ${issuerNameHash} ${issuerKeyHash}`;
}
