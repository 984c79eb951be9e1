import type { Metadata } from "next";
import { notFound } from "next/navigation";
import {
  type CredentialKind,
  type CredentialPhase,
  credentialName,
  credentialPhase,
} from "#components/client/credential-words.ts";
import { StillUsed } from "#components/client/still-used.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { stillUsed } from "#lib/access/credential-rotate.ts";
import { revocableCredentials } from "#lib/access/revocable-credentials.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";
import { requireActor } from "#lib/web/session.ts";
import { replacedBy } from "../../../../certificates/new/replaced.ts";
import { proofChoices } from "../../../proof/proof-choices.ts";
import { ProofForm } from "../../../proof/proof-form.tsx";
import { readClient } from "../../../read-client.ts";

interface RotatePageProps {
  params: Promise<{ client: string; credential: string }>;
}

export const metadata: Metadata = { title: "Rotate" };

/** Puts something new in the place of what proves a client; both count during the overlap. */
export default async function RotatePage({ params }: RotatePageProps) {
  const actor = await requireActor();
  if (!isAllowed(actor, "client:manage")) notFound();
  const here = installation();
  const { client: clientId, credential: credentialId } = await params;
  const { id, name, status, credentials } = await readClient(clientId);
  const credential = credentials.find((each) => each.id === credentialId);
  if (status === "retired" || credential === undefined) notFound();
  const [choices, uses, revocable] = await Promise.all([
    proofChoices(here, actor, { replaced: await replacedCertificate(actor, credential.certificate) }),
    stillUsed(here, actor, credential.id),
    revocableCredentials(here, actor, [credential]),
  ]);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: "Clients", href: "/clients" },
          { label: harmless(name), href: `/clients/${id}` },
        ]}
        title={`Rotate ${harmless(credentialName(credential))}`}
        description="The new one counts at once. The old one goes on during the overlap, so that nobody has to be quick and nobody is locked out."
      />
      <ProofForm
        client={{ id, name }}
        choices={choices}
        kind={credential.kind as CredentialKind}
        rotates={{
          credential: credential.id,
          name: harmless(credentialName(credential)),
          mayRevoke: revocable.has(credential.id),
        }}
        use={<StillUsed {...uses} />}
        obstacle={obstacleOf(credentialPhase(credential, credentials, here.clock.now()), id)}
      />
    </>
  );
}

/** Why it cannot be rotated, or null. */
function obstacleOf(phase: CredentialPhase, clientId: string) {
  if (phase === "active" || phase === "next") return null;
  return (
    <Notice
      tone="warn"
      title={phase === "ended" ? "It has ended already" : "It is being replaced already"}
      actions={
        <ButtonLink href={`/clients/${clientId}`} size="sm">
          Back to the client
        </ButtonLink>
      }
    >
      {phase === "ended"
        ? "Add another credential in its place."
        : "Cut its overlap short or extend it, or rotate the one that takes its place."}
    </Notice>
  );
}

/** What a renewal takes over; null for a certificate that was not issued under a profile of ours. */
async function replacedCertificate(actor: UserActor, certificate: { id: string } | null) {
  if (certificate === null || !isAllowed(actor, "certificate:renew")) return null;
  const old = await getCertificate(installation(), actor, certificate.id);
  return old.profile === null ? null : replacedBy(old);
}
