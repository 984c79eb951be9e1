import { authorityState, purposeWords } from "#components/authority/authority-words.ts";
import { matchingItems, type PaletteItem } from "#components/shell/palette-item.ts";
import { listAuthorities } from "#lib/authority/authority-read.ts";
import { listProfiles } from "#lib/authority/profile-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";
import { listBundles } from "#lib/inventory/trust-bundle-read.ts";

/** What the palette offers about authorities, profiles and this installation besides their lists. */
export function authorityPaletteItems(actor: Actor): PaletteItem[] {
  const create = isAllowed(actor, "authority:create");
  const change = isAllowed(actor, "profile:change");
  return [
    ...(create
      ? [
          item("new-authority", "Create an authority", "/authorities/new", "new root intermediate ca"),
          item("import-authority", "Import an authority", "/authorities/import", "ca key pkcs12 pem"),
        ]
      : []),
    ...(change
      ? [item("new-profile", "Create a profile", "/profiles/new", "new rules template policy")]
      : []),
    ...(isAllowed(actor, "bundle:change")
      ? [item("new-bundle", "Make a trust bundle", "/bundles/new", "new ca roots pem nginx")]
      : []),
    ...(isAllowed(actor, "audit:read")
      ? [item("verify-chain", "Verify the audit chain", "/audit", "hash trail events check")]
      : []),
  ];
}

function item(id: string, label: string, href: string, keywords: string): PaletteItem {
  return { id, group: "Do", label, href, keywords };
}

const FOUND_MAX = 5;

/** Authorities, trust bundles and profiles by any part of their names; there are few enough to look at all. */
export async function findAuthoritiesAndProfiles(
  installation: Installation,
  actor: Actor,
  query: string,
): Promise<PaletteItem[]> {
  const [authorities, bundles, profiles] = await Promise.all([
    listAuthorities(installation, actor),
    listBundles(installation, actor),
    listProfiles(installation, actor),
  ]);
  const now = installation.clock.now();
  const items = [
    authorities.map(
      (authority): PaletteItem => ({
        id: `authority-${authority.id}`,
        group: "Authorities",
        label: authority.name,
        detail: `${authority.kind} · ${authorityState(authority, now).word}`,
        href: `/authorities/${authority.slug}`,
        keywords: `${authority.serial} ${authority.sha256}`,
      }),
    ),
    bundles.map(
      (bundle): PaletteItem => ({
        id: `bundle-${bundle.id}`,
        group: "Trust bundles",
        label: bundle.name,
        detail: `/trust/${bundle.slug}.pem`,
        href: `/bundles/${bundle.slug}`,
        keywords: bundle.slug,
      }),
    ),
    profiles.map(
      (profile): PaletteItem => ({
        id: `profile-${profile.id}`,
        group: "Profiles",
        label: profile.name,
        detail: `for ${purposeWords(profile.rules.usages)}${profile.status === "retired" ? " · retired" : ""}`,
        href: `/profiles/${profile.slug}`,
        keywords: profile.slug,
      }),
    ),
  ];
  return items.flatMap((group) => matchingItems(group, query).slice(0, FOUND_MAX));
}
