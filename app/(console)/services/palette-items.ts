import { PROXY_KIND_NAMES, proxyState } from "#components/proxy/proxy-words.ts";
import { matchingItems, type PaletteItem } from "#components/shell/palette-item.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { listClients } from "#lib/access/client-read.ts";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import { listProxies } from "#lib/access/proxy-read.ts";
import { serviceNames } from "#lib/access/service-names.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import type { Installation } from "#lib/installation.ts";

/** What the palette offers about clients, services and proxies besides their lists. */
export function accessPaletteItems(actor: Actor): PaletteItem[] {
  const reads = isAllowed(actor, "client:read");
  return [
    ...(reads
      ? [
          screen("callers", "Callers from traffic", "/clients/callers", "unknown admit learning seen"),
          screen("matrix", "Clients and services", "/clients/matrix", "grants matrix who may call what"),
        ]
      : []),
    ...(isAllowed(actor, "client:manage")
      ? [
          task("new-client", "Make a client", "/clients/new", "new create api key"),
          task("import-clients", "Import clients", "/clients/import", "csv bulk file"),
        ]
      : []),
    ...(isAllowed(actor, "service:manage")
      ? [
          task("new-service", "Make a service", "/services/new", "new create protect host"),
          task(
            "connect-proxy",
            "Connect a proxy",
            "/proxies/new",
            "new nginx caddy haproxy apache envoy traefik token configuration",
          ),
        ]
      : []),
  ];
}

const screen = (id: string, label: string, href: string, keywords: string): PaletteItem => ({
  ...{ id, label, href, keywords },
  group: "Go to",
});

const task = (id: string, label: string, href: string, keywords: string): PaletteItem => ({
  ...{ id, label, href, keywords },
  group: "Do",
});

const FOUND_MAX = 5;
const LOOKED_AT_MAX = 200;

/** Clients, services and proxies by any part of their names. */
export async function findClientsAndServices(
  installation: Installation,
  actor: Actor,
  query: string,
): Promise<PaletteItem[]> {
  const [{ clients }, services, { proxies }] = await Promise.all([
    listClients(installation, actor, { search: query, limit: FOUND_MAX }),
    serviceNames(installation, actor),
    listProxies(installation, actor, { limit: LOOKED_AT_MAX }),
  ]);
  const now = installation.clock.now();
  return [
    ...clients.map(
      ({ id, name, state, environment }): PaletteItem => ({
        id: `client-${id}`,
        group: "Clients",
        label: harmless(name),
        detail: [state, environment].filter(Boolean).map(harmless).join(" · "),
        href: `/clients/${id}`,
      }),
    ),
    ...matchingItems(
      services.map((service) => ({
        id: `service-${service.id}`,
        group: "Services",
        label: harmless(service.name),
        detail: service.hostNames[0] ?? service.slug,
        href: `/services/${service.slug}`,
        keywords: `${service.slug} ${service.hostNames.join(" ")}`,
      })),
      query,
    ).slice(0, FOUND_MAX),
    ...matchingItems(
      proxies.map((proxy) => ({
        id: `proxy-${proxy.id}`,
        group: "Proxies",
        label: harmless(proxy.name),
        detail: `${PROXY_KIND_NAMES[proxy.kind as ProxyKind] ?? proxy.kind} · ${proxyState(proxy, now).word}`,
        href: `/proxies/${proxy.slug}`,
        keywords: proxy.slug,
      })),
      query,
    ).slice(0, FOUND_MAX),
  ];
}
