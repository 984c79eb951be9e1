import type { PaletteItem } from "#components/shell/palette-item.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";

/** What the palette offers about failures besides their list. */
export function failurePaletteItems(actor: Actor): PaletteItem[] {
  if (!isAllowed(actor, "failure:read")) return [];
  return [
    {
      id: "logs",
      label: "Logs of proxies",
      href: "/failures/logs",
      keywords: "ship send rsyslog vector fluent bit nginx haproxy apache caddy directive",
      group: "Go to",
    },
    {
      id: "paste-line",
      label: "Paste a log line",
      href: "/failures/paste",
      keywords: "diagnose why refused handshake failed error alert",
      group: "Do",
    },
  ];
}
