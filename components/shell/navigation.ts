/** A screen in the navigation. */
export interface NavigationItem {
  href: string;
  label: string;
  icon: NavigationIconName;
  /** Why somebody should look there, in words; absent while nothing is wrong. */
  alarm?: string;
}

export interface NavigationGroup {
  /** Absent for the first, unnamed group. */
  label?: string;
  items: readonly NavigationItem[];
}

/** The icons are named, because a server component cannot hand a component to the browser. */
export type NavigationIconName =
  | "home"
  | "certificates"
  | "failures"
  | "clients"
  | "services"
  | "proxies"
  | "explain"
  | "revocation"
  | "authorities"
  | "bundles"
  | "profiles"
  | "audit"
  | "people"
  | "roles"
  | "tokens"
  | "account"
  | "about";

/**
 * The item that a path belongs to: the one whose address is the longest beginning of it. Home is
 * only itself.
 */
export function activeItem(groups: readonly NavigationGroup[], path: string): NavigationItem | undefined {
  return groups
    .flatMap((group) => group.items)
    .filter(({ href }) => path === href || (href !== "/" && path.startsWith(`${href}/`)))
    .sort((a, b) => b.href.length - a.href.length)[0];
}
