/**
 * The one table of audit actions: stable code → what was done, in words that follow the actor's name
 * ("anna@example.com issued a certificate"). A test finds every code that the sources append.
 */
export const ACTION_NAMES = {
  "certificate.issued": "issued a certificate",
  "certificate.renewed": "renewed a certificate",
  "certificate.imported": "imported a certificate",
  "import.started": "began an import of certificates",
  "import.finished": "finished an import of certificates",
  "import.broken": "began an import of certificates that broke off",
  "certificate.abandoned": "closed an interrupted issuance",
  "certificate.revoked": "revoked a certificate",
  "certificate.held": "held a certificate",
  "certificate.released": "released a certificate from its hold",
  "certificate.annotated": "changed the owner or the tags of a certificate",
  "certificate.notes-changed": "changed the notes of a certificate",
  "certificate.found-revoked": "found a certificate revoked by its issuer",
  "certificate.found-held": "found a certificate put on hold by its issuer",
  "certificate.found-restored": "found a certificate no longer revoked by its issuer",
  "crl-source.created": "began to keep the CRL of another authority",
  "crl-source.changed": "changed how the CRL of another authority is kept",
  "crl-source.deleted": "stopped keeping the CRL of another authority",
  "crl.uploaded": "uploaded the CRL of another authority",
  "crl.fetched": "fetched the CRL of another authority",
  "crl.fetch-failed": "could not fetch the CRL of another authority",
  "bulk.started": "started a bulk run",
  "bulk.cancelled": "cancelled a bulk run",
  "bulk.retried": "let the failed items of a bulk run be tried again",
  "bulk.keys-downloaded": "downloaded the private keys of a bulk run",
  "bulk.keys-destroyed": "destroyed the private keys that a bulk run kept",
  "view.saved": "saved a view of the inventory",
  "view.changed": "changed a view of the inventory",
  "view.deleted": "deleted a view of the inventory",
  "authority.created": "created an authority",
  "authority.imported": "imported an authority with its key",
  "authority.certificates-adopted": "found certificates that an imported authority had signed",
  "authority.retired": "retired an authority",
  "authority.reactivated": "reactivated an authority",
  "ocsp-responder.renewed": "gave an authority's OCSP responder a new certificate",
  "crl.published": "published a CRL",
  "bundle.created": "created a trust bundle",
  "bundle.changed": "changed a trust bundle",
  "bundle.deleted": "deleted a trust bundle",
  "profile.created": "created a profile",
  "profile.changed": "changed a profile",
  "profile.retired": "retired a profile",
  "profile.reactivated": "reactivated a profile",
  "master-key.backup-noted": "noted that the master key is backed up",
  "user.created": "created a person's account",
  "user.signed-in": "signed in",
  "user.passed-first-step": "passed the first step of signing in",
  "user.signed-out": "signed out",
  "user.renamed": "changed the own name",
  "user.role-changed": "changed a person's role",
  "user.disabled": "disabled an account",
  "user.enabled": "enabled an account",
  "user.second-factors-removed": "removed a person's second factors",
  "session.revoked": "ended a session",
  "password.changed": "changed the own password",
  "password.reset-offered": "offered a link for a new password",
  "password.reset": "set a new password by link",
  "totp.enabled": "switched codes from an app on",
  "totp.disabled": "switched codes from an app off",
  "backup-codes.regenerated": "made new backup codes",
  "passkey.added": "added a passkey",
  "passkey.removed": "removed a passkey",
  "user.invited": "invited a person",
  "invitation.revoked": "withdrew an invitation",
  "installation.restored": "restored a backup",
  "token.created": "created an API token",
  "token.revoked": "revoked an API token",
} as const satisfies Record<string, string>;

export type ActionCode = keyof typeof ACTION_NAMES;

/** An action in words; a code of a newer or older version is shown as it is. */
export function actionName(code: string): string {
  return isActionCode(code) ? ACTION_NAMES[code] : code;
}

/** Whether the text is the code of an action that this version knows. */
export function isActionCode(code: string): code is ActionCode {
  return Object.hasOwn(ACTION_NAMES, code);
}
