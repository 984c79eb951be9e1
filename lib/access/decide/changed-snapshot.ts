import { type ChangedClient, ClientLayer } from "./client-layer.ts";
import type { PackedSnapshot } from "./packed-snapshot.ts";
import type { PresentedCertificate } from "./request.ts";
import {
  type AuthorityView,
  type ClientView,
  CREDENTIAL_KINDS,
  type CredentialView,
  type GrantTerms,
  type ServiceView,
  type Snapshot,
} from "./snapshot.ts";
import type { WorldService } from "./world.ts";

/**
 * A packed snapshot with what changed since it was made: a click is in force without packing a million grants
 * again. Clients keep their index; services, too, so a new one comes last.
 */
export class ChangedSnapshot implements Snapshot {
  usableUntil: number;
  authorities: ReadonlyMap<string, AuthorityView>;
  readonly #base: PackedSnapshot;
  readonly #layer: ClientLayer;
  #services: Map<string, ServiceView> | null = null;

  constructor(base: PackedSnapshot) {
    this.#base = base;
    this.usableUntil = base.usableUntil;
    this.authorities = base.authorities;
    this.#layer = new ClientLayer(base.size);
  }

  /** How many clients were changed: when there are many, a new snapshot answers faster. */
  get changes(): number {
    return this.#layer.size;
  }

  /** Replaces everything about a client. @param index null for one that is new @returns its index */
  changeClient(index: number | null, state: ChangedClient): number {
    return this.#layer.put(index, state);
  }

  /** Replaces all services: null in the place of one that is no more. */
  changeServices(services: readonly (WorldService | null)[]): void {
    this.#services = new Map(
      services.flatMap((service, index) => {
        if (service === null) return [];
        const { slug, ...view } = service;
        return [[slug, { ...view, index }]];
      }),
    );
  }

  service(slug: string): ServiceView | null {
    return this.#services === null ? this.#base.service(slug) : (this.#services.get(slug) ?? null);
  }

  credentialsOf(certificate: PresentedCertificate): CredentialView[] {
    const below = this.#base.credentialsOf(certificate);
    if (this.#layer.size === 0) return below;
    const unchanged = below.filter(({ client }) => !this.#layer.has(client));
    const changed = this.#layer.credentialsOf(certificate);
    if (changed.length === 0) return unchanged;
    return CREDENTIAL_KINDS.flatMap((kind) =>
      [...unchanged, ...changed].filter((credential) => credential.kind === kind),
    );
  }

  client(index: number): ClientView {
    return this.#layer.client(index) ?? this.#base.client(index);
  }

  credentialId(index: number): string {
    return this.#layer.credentialId(index) ?? this.#base.credentialId(index);
  }

  grants(client: number, service: number): readonly GrantTerms[] {
    return this.#layer.grants(client, service) ?? this.#base.grants(client, service);
  }
}
