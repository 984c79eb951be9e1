/**
 * The one table of who may do what. The console shows it, a test walks it row by row, and
 * `authorize` reads nothing else.
 */

export const ROLES = ["admin", "operator", "auditor", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** What each role is for, in the words shown where a role is chosen. */
export const ROLE_DESCRIPTIONS: Record<Role, string> = {
  admin: "Security admin: everything, including authorities, profiles, people and final revocation.",
  operator: "On-call engineer: issues and renews; does not create authorities or manage people.",
  auditor: "Sees everything but secrets, including the audit trail and people; changes nothing.",
  viewer: "Sees certificates, authorities and profiles; changes nothing.",
};

interface PermissionRow {
  /** What it allows, in a sentence for the console. */
  meaning: string;
  roles: readonly Role[];
  /** Whether an API token may carry it as a scope. */
  scope: boolean;
}

export const PERMISSIONS = {
  "certificate:read": row(
    "See certificates and download them",
    ["admin", "operator", "auditor", "viewer"],
    true,
  ),
  "certificate:issue": row("Issue certificates under a profile", ["admin", "operator"], true),
  "certificate:renew": row("Renew certificates", ["admin", "operator"], true),
  "certificate:annotate": row("Change owner, tags and notes of certificates", ["admin", "operator"], true),
  "certificate:import": row("Take certificates of others into the inventory", ["admin", "operator"], true),
  "certificate:hold": row(
    "Hold certificates that are suspected, and release them",
    ["admin", "operator"],
    true,
  ),
  "certificate:revoke": row("Revoke certificates for good", ["admin"], true),
  "crl:manage": row(
    "Ask for new CRLs, upload and follow those of other authorities",
    ["admin", "operator"],
    true,
  ),
  "client:read": row(
    "See clients, services and who may call what",
    ["admin", "operator", "auditor", "viewer"],
    true,
  ),
  "client:manage": row(
    "Create, change, suspend and retire clients, and grant them services",
    ["admin", "operator"],
    true,
  ),
  "service:manage": row("Create and change services and proxies", ["admin"], false),
  "failure:read": row(
    "See failed handshakes and why they failed",
    ["admin", "operator", "auditor", "viewer"],
    true,
  ),
  "failure:manage": row("Resolve, mute and assign failures", ["admin", "operator"], true),
  "authority:read": row("See authorities and profiles", ["admin", "operator", "auditor", "viewer"], true),
  "authority:create": row("Create, import and change authorities", ["admin"], false),
  "bundle:change": row("Create, change and delete trust bundles", ["admin"], false),
  "profile:change": row("Create and change certificate profiles", ["admin"], false),
  "token:read": row("See API tokens (never the secret)", ["admin", "auditor"], false),
  "token:manage": row("Create and revoke API tokens", ["admin"], false),
  "user:read": row("See people, roles, invitations and sessions", ["admin", "auditor"], false),
  "user:manage": row("Invite people, change roles, disable accounts, end sessions", ["admin"], false),
  "audit:read": row("Read the audit trail", ["admin", "auditor"], true),
  "account:manage": row(
    "Manage one's own password, passkeys and sessions",
    ["admin", "operator", "auditor", "viewer"],
    false,
  ),
} as const satisfies Record<string, PermissionRow>;

export type Permission = keyof typeof PERMISSIONS;

/** The permissions that an API token may carry. */
export type Scope = {
  [P in Permission]: (typeof PERMISSIONS)[P]["scope"] extends true ? P : never;
}[Permission];

export const SCOPES = (Object.keys(PERMISSIONS) as Permission[]).filter(
  (permission): permission is Scope => PERMISSIONS[permission].scope,
);

function row<S extends boolean>(meaning: string, roles: readonly Role[], scope: S) {
  return { meaning, roles, scope };
}

/** Whether a role includes a permission. */
export function roleAllows(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission].roles as readonly Role[]).includes(role);
}
