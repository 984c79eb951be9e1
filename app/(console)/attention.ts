import type { AttentionFacts } from "#components/home/attention-items.ts";
import { listAuthorities } from "#lib/authority/authority-read.ts";
import { interruptedIssuances } from "#lib/authority/interrupted-issuances.ts";
import { listenerStates } from "#lib/authority/listener-attention.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { masterKeyCare } from "#lib/authority/master-key-backup.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
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
  const seesPeople = isAllowed(actor, "user:read");
  const [authorities, listeners, unrenewed, interrupted, masterKey, passkeys, people] = await Promise.all([
    listAuthorities(installation, actor),
    listenerStates(installation, actor),
    // Our listeners renew themselves, and are looked at for themselves.
    unrenewedCertificates(installation, actor, { exceptProfile: LISTENER_PROFILE.slug }),
    interruptedIssuances(installation, actor),
    masterKeyCare(installation, actor),
    listOwnPasskeys(installation, actor),
    seesPeople ? listUsers(installation, actor) : null,
  ]);
  return {
    now: installation.clock.now(),
    authorities,
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
    },
  };
}
