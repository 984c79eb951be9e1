import { Ban, Hand, KeyRound, Undo2 } from "lucide-react";
import { ReleaseDialog } from "#components/revocation/release-dialog.tsx";
import { RevocationBanner } from "#components/revocation/revocation-banner.tsx";
import type {
  RevocableCertificate,
  RevocationActions,
} from "#components/revocation/revocation-dialog-facts.ts";
import { RevokeDialog } from "#components/revocation/revoke-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import { hold, lookAtConsequences, release, revoke } from "./revocation-actions.ts";

const ACTIONS: RevocationActions = { consequences: lookAtConsequences, revoke, hold, release };

interface RevocationProps {
  actor: UserActor;
  certificate: CertificateDetail;
  now: Date;
}

/** That it is revoked or held, with the way to release it or to revoke it for good; nothing when it is neither. */
export function RevocationState({ actor, certificate, now }: RevocationProps) {
  const { revocation, issuer, notAfter } = certificate;
  if (revocation === null) return null;
  const isOpen = revocation.reason === "certificateHold" && revocation.source === null && notAfter > now;
  const about = revocable(certificate);
  return (
    <RevocationBanner
      revocation={revocation}
      authority={issuer}
      actions={
        isOpen ? (
          <>
            {isAllowed(actor, "certificate:hold") && (
              <ReleaseDialog
                certificate={about}
                actions={ACTIONS}
                trigger={<Button icon={<Undo2 aria-hidden />}>Release…</Button>}
              />
            )}
            {isAllowed(actor, "certificate:revoke") && (
              <RevokeDialog
                certificate={about}
                actions={ACTIONS}
                mayRevoke
                isHeld
                trigger={<Button icon={<Ban aria-hidden />}>Revoke for good…</Button>}
              />
            )}
          </>
        ) : (
          about.renewable &&
          isAllowed(actor, "certificate:renew") && (
            <ButtonLink href={`/certificates/new?replaces=${about.id}`} icon={<KeyRound aria-hidden />}>
              Issue its successor with a new key
            </ButtonLink>
          )
        )
      }
    />
  );
}

/** The button that asks before it revokes; nothing where there is nothing to revoke. */
export function RevokeButton({ actor, certificate, now }: RevocationProps) {
  const mayRevoke = isAllowed(actor, "certificate:revoke");
  if (!mayRevoke && !isAllowed(actor, "certificate:hold")) return null;
  if (certificate.revocation !== null || !isRevocableHere(certificate, now)) return null;
  return (
    <RevokeDialog
      certificate={revocable(certificate)}
      actions={ACTIONS}
      mayRevoke={mayRevoke}
      isHeld={false}
      trigger={
        mayRevoke ? (
          <Button icon={<Ban aria-hidden />}>Revoke…</Button>
        ) : (
          <Button icon={<Hand aria-hidden />}>Hold…</Button>
        )
      }
    />
  );
}

/** What others issued only they revoke; a root, too, has no issuer here. */
function isRevocableHere({ issuer, notAfter }: CertificateDetail, now: Date): boolean {
  return issuer !== null && notAfter > now;
}

function revocable({
  id,
  displayName,
  kind,
  profile,
  replacedById,
}: CertificateDetail): RevocableCertificate {
  return {
    ...{ id, kind },
    name: displayName,
    renewable: kind === "end-entity" && profile !== null && replacedById === null,
  };
}
