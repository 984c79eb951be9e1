import type { RemedyFacts, RemedyOffer } from "#components/failures/remedy-offer.ts";
import { listCallers } from "#lib/access/caller-read.ts";
import { serviceNames } from "#lib/access/service-names.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { type Permission, ROLES, roleAllows } from "#lib/authorization/permissions.ts";
import { DomainError } from "#lib/errors.ts";
import type { Action, ActionCode } from "#lib/handshake/action.ts";
import type { Cause } from "#lib/handshake/causes.ts";
import type { Installation } from "#lib/installation.ts";
import { type CertificateDetail, getCertificate } from "#lib/inventory/certificate-read.ts";
import { bundleFiles } from "./bundle-files.ts";
import { credentialToRotate } from "./credential-to-rotate.ts";
import { crlsToPublish } from "./crls-to-publish.ts";
import type { Found } from "./found.ts";
import { renewalOf, successorOf } from "./renewal-of.ts";

/** What a diagnosis says is to be done, and to whom. */
export interface RemedyQuestion {
  action: Action;
  cause: Cause;
  /** Ids of the certificate and the client concerned; null when they are not known. */
  certificate: string | null;
  client: { id: string; name: string } | null;
  /** Where it failed; null when that is not known. */
  service: { id: string; slug: string } | null;
  /** Short name of the bundle that the proxy loads; empty when nobody said. */
  bundle: string;
}

/** What an offer needs to be made: whoever lacks it reads the words. */
const NEEDS: Record<ActionCode, Permission> = {
  issue: "certificate:issue",
  renew: "certificate:renew",
  rotate: "client:manage",
  admit: "client:manage",
  grant: "client:manage",
  "publish-crl": "crl:manage",
  "download-intermediate": "certificate:read",
  "download-bundle": "authority:read",
  "copy-directive": "failure:read",
};

/**
 * What a person can do about a failure, here and now: a button where Countersign does it and the person may, and the
 * words always.
 */
export async function remedyFacts(
  here: Installation,
  actor: UserActor,
  question: RemedyQuestion,
): Promise<RemedyFacts> {
  const { code, words } = question.action;
  if (code === null) return { words, offer: null, note: "" };
  if (!isAllowed(actor, NEEDS[code])) return { words, offer: null, note: whoMay(actor, NEEDS[code]) };
  const found = await offerOf(here, actor, question, code);
  return { words, note: "", ...found };
}

function whoMay({ role }: UserActor, needed: Permission): string {
  const others = ROLES.filter((each) => roleAllows(each, needed));
  return `Your role, ${role}, does not do this; ask ${others.map((each) => `an ${each}`).join(" or ")}.`;
}

async function offerOf(
  here: Installation,
  actor: UserActor,
  question: RemedyQuestion,
  code: ActionCode,
): Promise<Found> {
  const certificate = await certificateOf(here, actor, question.action.certificate ?? question.certificate);
  switch (code) {
    case "issue":
      return {
        offer: { do: "open", label: "Issue a certificate", href: "/certificates/new?profile=client" },
      };
    case "renew":
      return renewalOf(here, actor, certificate, question.client);
    case "rotate":
      return rotationOf(here, actor, certificate, question.client);
    case "admit":
      return admissionOf(here, actor, certificate, question);
    case "grant":
      return grantOf(here, actor, question);
    case "publish-crl":
      return crlsToPublish(here, actor, certificate);
    case "download-intermediate":
      // Of a failure that is kept without its diagnosis only the client's own certificate is known.
      return { offer: certificate?.kind === "authority" ? intermediateFile(certificate) : null };
    case "download-bundle":
      return bundleFiles(here, actor, certificate, question);
    case "copy-directive": {
      const { directive } = question.action;
      return { offer: directive === null ? null : { do: "copy", directive } };
    }
  }
}

/** Null for one that is not in the inventory any more. */
async function certificateOf(here: Installation, actor: UserActor, id: string | null) {
  if (id === null) return null;
  try {
    return await getCertificate(here, actor, id);
  } catch (error) {
    if (error instanceof DomainError && error.code === "notFound") return null;
    throw error;
  }
}

async function rotationOf(
  here: Installation,
  actor: UserActor,
  certificate: CertificateDetail | null,
  client: RemedyQuestion["client"],
): Promise<Found> {
  if (client !== null) {
    const rotation = await credentialToRotate(here, actor, client.id, certificate);
    if (rotation !== null) return rotation;
  }
  if (certificate === null || certificate.profile === null || certificate.kind !== "end-entity") {
    return { offer: { do: "open", label: "Issue a certificate", href: "/certificates/new" } };
  }
  if (certificate.replacedById !== null) return successorOf(certificate.replacedById);
  const href = `/certificates/new?replaces=${certificate.id}`;
  return { offer: { do: "open", label: "Issue one in its place", href } };
}

/** A caller that came to a decision is admitted at once; else a client is made with the certificate, unless it is one. */
async function admissionOf(
  here: Installation,
  actor: UserActor,
  certificate: CertificateDetail | null,
  question: RemedyQuestion,
): Promise<Found> {
  if (certificate === null) return { offer: null };
  const { callers } = await listCallers(here, actor, {
    sha256: certificate.sha256,
    service: question.service?.slug,
    limit: 1,
  });
  const [caller] = callers;
  if (caller !== undefined) {
    const { sha256, displayName, issuer, names, client, reason } = caller;
    const admitted = { sha256, displayName, issuer, names, service: caller.service, client, reason };
    return { offer: { do: "admit", caller: admitted } };
  }
  // Whoever is a client already is not admitted again: it is the proxy that does not know the authority.
  if (question.client !== null) {
    const { offer, note = "" } = await bundleFiles(here, actor, certificate, question);
    return { offer, note: `It proves a client already. ${note}`.trimEnd() };
  }
  const { service } = question;
  const at = service === null ? "" : `&service=${service.slug}`;
  return {
    offer: {
      do: "open",
      label: "Make a client of it",
      href: `/clients/new?certificate=${certificate.id}${at}`,
    },
    note: "This counts where the proxy asks here who may enter. A proxy that refuses the handshake by itself needs the authority in its trust bundle as well.",
  };
}

async function grantOf(
  here: Installation,
  actor: UserActor,
  { client, service }: RemedyQuestion,
): Promise<Found> {
  if (client === null) return { offer: null };
  const services = await serviceNames(here, actor);
  const wanted = services.filter(({ id }) => service === null || id === service.id);
  return { offer: { do: "grant", client, services: wanted.map(({ id, name }) => ({ id, name })) } };
}

function intermediateFile({ id, displayName }: CertificateDetail): RemedyOffer {
  const file = { label: displayName, href: `/certificates/${id}/download/pem`, detail: "PEM" };
  return { do: "download", files: [file] };
}
