import {
  Ban,
  CircleHelp,
  CircleUserRound,
  Contact,
  FileBadge,
  House,
  Info,
  KeyRound,
  Layers,
  type LucideIcon,
  Network,
  ScrollText,
  Server,
  ShieldAlert,
  ShieldCheck,
  SlidersHorizontal,
  Users,
  Waypoints,
} from "lucide-react";
import type { NavigationIconName } from "#components/shell/navigation.ts";

const ICONS: Record<NavigationIconName, LucideIcon> = {
  home: House,
  certificates: FileBadge,
  failures: ShieldAlert,
  clients: Contact,
  services: Server,
  proxies: Waypoints,
  explain: CircleHelp,
  revocation: Ban,
  authorities: Network,
  bundles: Layers,
  profiles: SlidersHorizontal,
  audit: ScrollText,
  people: Users,
  roles: ShieldCheck,
  tokens: KeyRound,
  account: CircleUserRound,
  about: Info,
};

export function NavigationIcon({ name }: { name: NavigationIconName }) {
  const Icon = ICONS[name];
  return <Icon aria-hidden className="size-4 shrink-0" />;
}
