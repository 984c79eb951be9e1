import type { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { type AllowlistFile, AllowlistFiles } from "#lib/access/allowlist/allowlist-files.ts";
import {
  type AllowlistSignature,
  AllowlistSigner,
  signFile,
} from "#lib/access/allowlist/allowlist-signature.ts";
import { AllowlistWatch } from "#lib/access/allowlist/allowlist-watch.ts";
import { ProxyFileTally } from "#lib/access/allowlist/proxy-file.ts";
import type { AskingProxies } from "#lib/access/asking-proxies.ts";
import type { Issuer } from "#lib/authority/issuer.ts";
import type { ListenerCredential } from "#lib/authority/listener-credential.ts";
import type { Installation } from "#lib/installation.ts";

/** What serves allowlists: made once, as it keeps files and follows the database. */
export class Allowlists {
  readonly access: AccessSnapshot;
  readonly proxies: AskingProxies;
  readonly watch: AllowlistWatch;
  readonly signer: AllowlistSigner;
  readonly fetches: ProxyFileTally;
  readonly #signed = new WeakMap<AllowlistFile, { by: ListenerCredential; signature: AllowlistSignature }>();

  constructor(installation: Installation, issuer: Issuer, access: AccessSnapshot, proxies: AskingProxies) {
    this.access = access;
    this.proxies = proxies;
    this.watch = new AllowlistWatch(installation, new AllowlistFiles(installation, access));
    this.signer = new AllowlistSigner(installation, issuer);
    this.fetches = new ProxyFileTally(installation);
  }

  /** A file's signature, made once. @throws DomainError `unavailable` before set-up */
  async signature(file: AllowlistFile): Promise<AllowlistSignature> {
    const by = await this.signer.credential();
    const known = this.#signed.get(file);
    if (known?.by === by) return known.signature;
    const signature = signFile(file.pieces, by);
    this.#signed.set(file, { by, signature });
    return signature;
  }

  /** Begins to make new versions by itself. */
  start(): void {
    this.watch.start();
  }

  /** Answers whoever waits for another version: they would keep the port open. */
  endWaiting(): Promise<void> {
    return this.watch.end();
  }

  /** Writes what was noted. */
  end(): Promise<void> {
    return this.fetches.end();
  }
}
