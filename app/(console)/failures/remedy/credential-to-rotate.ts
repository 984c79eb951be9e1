import { credentialPhase } from "#components/client/credential-words.ts";
import { getClient } from "#lib/access/client-read.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import type { Found } from "./found.ts";

type Client = Awaited<ReturnType<typeof getClient>>;

/**
 * Where something new takes the place of what a client showed; one more credential for it when that is none of those
 * that count.
 *
 * @returns null for a client that is gone
 */
export async function credentialToRotate(
  here: Installation,
  actor: UserActor,
  clientId: string,
  certificate: CertificateDetail | null,
): Promise<Found | null> {
  const client = await clientOf(here, actor, clientId);
  if (client === null) return null;
  const page = `/clients/${client.id}`;
  if (client.status === "retired") {
    return {
      offer: { do: "open", label: "Open the client", href: page },
      note: "The client is retired: it is not to come in any more.",
    };
  }
  const credential = shownCredential(client, certificate, here.clock.now());
  if (credential === null) {
    return { offer: { do: "open", label: "Add another credential", href: `${page}/credentials/new` } };
  }
  if (credential.isReplaced) {
    return {
      offer: { do: "open", label: "Open the client", href: page },
      note: "It is being rotated already: give the client the new certificate.",
    };
  }
  return { offer: { do: "open", label: "Rotate the credential", href: `${page}/rotate/${credential.id}` } };
}

/** The credential by which the certificate proves the client; of a certificate that nobody knows the only one. */
function shownCredential(
  { credentials }: Client,
  certificate: CertificateDetail | null,
  now: Date,
): { id: string; kind: string; isReplaced: boolean } | null {
  const phased = credentials.map((each) => ({
    ...each,
    isReplaced: credentialPhase(each, credentials, now) === "overlap",
  }));
  const lasting = phased.filter(({ endsAt }) => endsAt === null || endsAt > now);
  const shown =
    certificate === null
      ? lasting.length === 1
        ? lasting[0]
        : undefined
      : (lasting.find((each) => each.kind !== "name" && each.certificate?.id === certificate.id) ??
        lasting.find(({ kind, sha256 }) => kind === "certificate" && sha256 === certificate.sha256) ??
        lasting.find(({ kind, sha256 }) => kind === "key" && sha256 === certificate.parsed.spkiSha256));
  return shown ?? null;
}

async function clientOf(here: Installation, actor: UserActor, id: string): Promise<Client | null> {
  try {
    return await getClient(here, actor, id);
  } catch (error) {
    if (error instanceof DomainError && error.code === "notFound") return null;
    throw error;
  }
}

/** Whether a client is known by a certificate alone, so that one that is renewed does not let it in. */
export async function isPinned(
  here: Installation,
  actor: UserActor,
  clientId: string,
  certificate: CertificateDetail,
): Promise<boolean> {
  const client = await clientOf(here, actor, clientId);
  const shown = client === null ? null : shownCredential(client, certificate, here.clock.now());
  return shown?.kind === "certificate";
}
