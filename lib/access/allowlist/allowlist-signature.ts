import { createPrivateKey, createSign } from "node:crypto";
import type { Issuer } from "#lib/authority/issuer.ts";
import { type ListenerCredential, listenerCredential } from "#lib/authority/listener-credential.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { encodeBase64 } from "#lib/x509/base64.ts";
import { decodePem } from "#lib/x509/pem.ts";

/** A list's proof that it comes from here, for whoever keeps it. */
export interface AllowlistSignature {
  /** Base64 of the DER of an ECDSA signature with SHA-256 over the whole file. */
  signature: string;
  /** Base64 of the DER of the certificate whose key signed: that of our https port. */
  certificate: string;
}

/** How long a key is used before it is looked whether another is in its place: one that was revoked is replaced. */
const LOOKED_UP_MS = 5_000;

/** Signs lists with the key of the https port, which every proxy that fetches them must trust anyway. */
export class AllowlistSigner {
  readonly #installation: Installation;
  readonly #issuer: Issuer;
  #known: { credential: ListenerCredential; at: number } | null = null;

  constructor(installation: Installation, issuer: Issuer) {
    this.#installation = installation;
    this.#issuer = issuer;
  }

  /**
   * With what is signed now; another object when it changed.
   *
   * @throws DomainError `unavailable` before set-up; what the database throws when it was never read
   */
  async credential(): Promise<ListenerCredential> {
    const known = this.#known;
    if (known !== null && performance.now() - known.at < LOOKED_UP_MS) return known.credential;
    const credential = await listenerCredential(this.#installation, this.#issuer, "protocol").catch(
      (error: unknown) => {
        if (known === null) throw error;
        return known.credential;
      },
    );
    if (credential === null) {
      throw new DomainError("unavailable", "There is no authority yet whose key could sign the list.");
    }
    const isSame = known?.credential.certificateChain === credential.certificateChain;
    this.#known = {
      credential: isSame && known !== null ? known.credential : credential,
      at: performance.now(),
    };
    return this.#known.credential;
  }
}

/** Signs a file. */
export function signFile(
  pieces: readonly Buffer[],
  { key, certificateChain }: ListenerCredential,
): AllowlistSignature {
  const sign = createSign("sha256");
  for (const piece of pieces) sign.update(piece);
  const [leaf] = decodePem(certificateChain, { field: "certificate" });
  return {
    signature: sign.sign(createPrivateKey(key), "base64"),
    certificate: encodeBase64(leaf?.der ?? new Uint8Array()),
  };
}
