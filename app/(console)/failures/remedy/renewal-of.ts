import { listAuthorities } from "#lib/authority/authority-read.ts";
import { lifetimeSeconds } from "#lib/authority/renew.ts";
import { spokenDuration } from "#lib/authority/spoken-duration.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import { credentialToRotate, isPinned } from "./credential-to-rotate.ts";
import type { Found } from "./found.ts";

/** How a certificate that has ended is renewed, or why it is not. */
export async function renewalOf(
  here: Installation,
  actor: UserActor,
  certificate: CertificateDetail | null,
  client: { id: string } | null,
): Promise<Found> {
  if (certificate === null) {
    return { offer: null, note: "The inventory does not have it: it is renewed where it was issued." };
  }
  const { id, kind, displayName, replacedById } = certificate;
  if (kind === "authority") return authorityOf(here, actor, id);
  if (replacedById !== null) return successorOf(replacedById);
  if (client !== null && (await isPinned(here, actor, client.id, certificate))) {
    const rotation = isAllowed(actor, "client:manage")
      ? await credentialToRotate(here, actor, client.id, certificate)
      : null;
    if (rotation !== null) return { note: PINNED, ...rotation };
  }
  if (certificate.revocation !== null) {
    return {
      offer: { do: "open", label: "Open the certificate", href: `/certificates/${id}` },
      note: `It is ${certificate.revocation.reason === "certificateHold" ? "on hold" : "revoked"} as well: it is not renewed with the same key.`,
    };
  }
  if (certificate.profile === null) {
    return {
      offer: { do: "open", label: "Issue one in its place", href: "/certificates/new" },
      note: "It was not issued here: renew it where it was, or issue one in its place.",
    };
  }
  return {
    offer: {
      do: "renew",
      certificate: { id, name: displayName },
      lifetime: spokenDuration(lifetimeSeconds(certificate)),
    },
  };
}

const PINNED =
  "The client is known by this very certificate: by rotating, it gets the next one and is known by that.";

/** For one that was renewed, while the former one is still shown. */
export function successorOf(id: string): Found {
  return {
    offer: { do: "open", label: "Open its successor", href: `/certificates/${id}` },
    note: "It was replaced already, and the former one is still in use: install its successor there.",
  };
}

async function authorityOf(here: Installation, actor: UserActor, certificateId: string): Promise<Found> {
  const authorities = await listAuthorities(here, actor);
  const ours = authorities.find((authority) => authority.certificateId === certificateId);
  if (ours === undefined) {
    return {
      offer: { do: "open", label: "Open the certificate", href: `/certificates/${certificateId}` },
      note: "Its key is not kept here: it is renewed where it is.",
    };
  }
  return { offer: { do: "open", label: "Open the authority", href: `/authorities/${ours.slug}` } };
}
