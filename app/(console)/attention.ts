import type { AttentionFacts } from "#components/home/attention-items.ts";
import type { FailureAttention } from "#components/home/failure-items.ts";
import type { ResponderFacts } from "#components/home/revocation-items.ts";
import { accessAttention } from "#lib/access/access-attention.ts";
import { type AuthorityView, listAuthorities } from "#lib/authority/authority-read.ts";
import { crlHealth } from "#lib/authority/crl-health.ts";
import { crlSourceHealth } from "#lib/authority/crl-source-read.ts";
import { interruptedIssuances } from "#lib/authority/interrupted-issuances.ts";
import { listenerStates } from "#lib/authority/listener-attention.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { masterKeyCare } from "#lib/authority/master-key-backup.ts";
import { type OcspResponderView, ocspResponders } from "#lib/authority/ocsp-responders.ts";
import { waitingHolds } from "#lib/authority/waiting-holds.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { countFailures, listFailures } from "#lib/handshake/failure-list.ts";
import type { CurrentSession } from "#lib/identity/current-session.ts";
import { listOwnPasskeys } from "#lib/identity/passkeys.ts";
import { listUsers } from "#lib/identity/users.ts";
import type { Installation } from "#lib/installation.ts";
import { unrenewedCertificates } from "#lib/inventory/unrenewed-certificates.ts";

/** Asks every room for what Home looks at. */
export async function gatherAttention(
  installation: Installation,
  { actor, user }: CurrentSession,
): Promise<AttentionFacts> {
  const now = installation.clock.now();
  const seesPeople = isAllowed(actor, "user:read");
  const [
    authorities,
    access,
    failures,
    revocation,
    listeners,
    unrenewed,
    interrupted,
    masterKey,
    passkeys,
    people,
  ] = await Promise.all([
    listAuthorities(installation, actor),
    accessAttention(installation, actor),
    failureFacts(installation, actor),
    revocationFacts(installation, actor),
    listenerStates(installation, actor),
    // Our listeners renew themselves, and are looked at for themselves.
    unrenewedCertificates(installation, actor, { exceptProfile: LISTENER_PROFILE.slug }),
    interruptedIssuances(installation, actor),
    masterKeyCare(installation, actor),
    listOwnPasskeys(installation, actor),
    seesPeople ? listUsers(installation, actor) : null,
  ]);
  return {
    now,
    authorities,
    access,
    failures,
    revocation: {
      ...revocation,
      crls: revocation.crls.map((crl) => ({
        ...crl,
        since: authorities.find(({ id }) => id === crl.authorityId)?.createdAt ?? now,
      })),
      responders: respondersOf(authorities, revocation.responders, now),
    },
    listeners,
    unrenewed,
    interrupted,
    masterKey,
    own: { hasApp: user.twoFactorEnabled, passkeys: passkeys.length },
    activeAdmins:
      people === null
        ? null
        : people.filter(({ role, status }) => role === "admin" && status === "active").length,
    may: {
      seeAudit: isAllowed(actor, "audit:read"),
      createAuthority: isAllowed(actor, "authority:create"),
      manageServices: isAllowed(actor, "service:manage"),
    },
  };
}

/** More would push everything else out of sight. */
const FAILURES_NAMED = 5;

async function failureFacts(installation: Installation, actor: Actor): Promise<FailureAttention> {
  const [{ failures }, open] = await Promise.all([
    listFailures(installation, actor, { limit: FAILURES_NAMED }),
    countFailures(installation, actor),
  ]);
  return { worst: failures, open };
}

async function revocationFacts(installation: Installation, actor: Actor) {
  const [crls, responders, sources, holds] = await Promise.all([
    crlHealth(installation),
    ocspResponders(installation, actor),
    crlSourceHealth(installation),
    waitingHolds(installation, actor),
  ]);
  return { crls, responders, sources, holds };
}

/** Every authority that has not ended answers OCSP. */
function respondersOf(
  authorities: readonly AuthorityView[],
  responders: readonly OcspResponderView[],
  now: Date,
): ResponderFacts[] {
  return authorities
    .filter(({ notAfter }) => notAfter > now)
    .map(({ id, slug, name, createdAt }) => ({
      ...{ slug, name },
      since: createdAt,
      certificate: responders.find(({ authorityId }) => authorityId === id) ?? null,
    }));
}
