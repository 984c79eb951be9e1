import type { NavigationGroup, NavigationItem } from "#components/shell/navigation.ts";
import { crlHealth, crlProblem } from "#lib/authority/crl-health.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import type { Permission } from "#lib/authorization/permissions.ts";
import type { Installation } from "#lib/installation.ts";

type Screen = NavigationItem & { needs: Permission };

const GROUPS: { label?: string; screens: Screen[] }[] = [
  {
    screens: [
      { href: "/", label: "Home", icon: "home", needs: "certificate:read" },
      { href: "/failures", label: "Failures", icon: "failures", needs: "failure:read" },
      { href: "/clients", label: "Clients", icon: "clients", needs: "client:read" },
      { href: "/services", label: "Services", icon: "services", needs: "client:read" },
      { href: "/proxies", label: "Proxies", icon: "proxies", needs: "client:read" },
      { href: "/explain", label: "Explain a decision", icon: "explain", needs: "client:read" },
      { href: "/certificates", label: "Certificates", icon: "certificates", needs: "certificate:read" },
      { href: "/revocation", label: "Revocation", icon: "revocation", needs: "certificate:read" },
      { href: "/authorities", label: "Authorities", icon: "authorities", needs: "authority:read" },
      { href: "/bundles", label: "Trust bundles", icon: "bundles", needs: "authority:read" },
      { href: "/profiles", label: "Profiles", icon: "profiles", needs: "authority:read" },
      { href: "/audit", label: "Audit trail", icon: "audit", needs: "audit:read" },
    ],
  },
  {
    label: "Settings",
    screens: [
      { href: "/settings/people", label: "People", icon: "people", needs: "user:read" },
      { href: "/settings/roles", label: "Roles", icon: "roles", needs: "account:manage" },
      { href: "/settings/tokens", label: "API tokens", icon: "tokens", needs: "token:read" },
    ],
  },
];

/** In the menu under the person's name. */
export const ACCOUNT_LINKS: NavigationItem[] = [
  { href: "/settings/account", label: "My account", icon: "account" },
  { href: "/about", label: "About", icon: "about" },
];

/**
 * The screens that an actor may see; each of them asks again for itself.
 *
 * @param alarms address of a screen → why somebody should look there
 */
export function navigationFor(actor: Actor, alarms: ReadonlyMap<string, string>): NavigationGroup[] {
  return GROUPS.map(({ screens, ...group }) => ({
    ...group,
    items: screens
      .filter(({ needs }) => isAllowed(actor, needs))
      .map(({ needs: _, ...item }) => {
        const alarm = alarms.get(item.href);
        return alarm === undefined ? item : { ...item, alarm };
      }),
  })).filter(({ items }) => items.length > 0);
}

/** Which screens tell of something that is wrong now: what publishes revocation fails for everybody at once. */
export async function navigationAlarms(installation: Installation): Promise<Map<string, string>> {
  // A fresh authority has none for some seconds: that none ever comes is told on Home.
  const bad = (await crlHealth(installation)).filter(
    (crl) => crlProblem(crl) !== null && (crl.state !== "missing" || crl.failingSince !== null),
  );
  const [first] = bad;
  if (first === undefined) return new Map();
  const words = bad.length === 1 ? `the CRL of ${first.name}` : `${bad.length} CRLs`;
  return new Map([["/revocation", `something is wrong with ${words}`]]);
}
