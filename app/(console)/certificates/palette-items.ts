import type { PaletteItem } from "#components/shell/palette-item.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";

/** What the palette offers about certificates besides their list. */
export function certificatePaletteItems(actor: Actor): PaletteItem[] {
  if (!isAllowed(actor, "certificate:issue")) return [];
  return [
    {
      id: "issue-certificate",
      group: "Do",
      label: "Issue a certificate",
      href: "/certificates/new",
      keywords: "new create csr request key pkcs12 client server",
    },
  ];
}
