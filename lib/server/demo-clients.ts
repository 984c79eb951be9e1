import { AccessSnapshot } from "#lib/access/access-snapshot.ts";
import { AllowlistFiles } from "#lib/access/allowlist/allowlist-files.ts";
import { ProxyFileTally, reportLiveVersion } from "#lib/access/allowlist/proxy-file.ts";
import { CallerTally } from "#lib/access/caller-tally.ts";
import { createWholeClient } from "#lib/access/client-create.ts";
import { suspendClient } from "#lib/access/client-status.ts";
import { rotateCredential } from "#lib/access/credential-rotate.ts";
import { createProxy } from "#lib/access/proxy-change.ts";
import type { ProxyInput } from "#lib/access/proxy-input.ts";
import { ProxySightings } from "#lib/access/proxy-sightings.ts";
import { createService } from "#lib/access/service-change.ts";
import type { ServiceInput } from "#lib/access/service-input.ts";
import { UseTally } from "#lib/access/use-tally.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import { DEMO_SERVICES, DOMAIN } from "#lib/server/demo-services.ts";

/** Services of the demo, by their short names. */
const SERVICES: readonly (ServiceInput & { slug: string })[] = [
  { slug: "payments", name: "Payments API", hostNames: [`payments.${DOMAIN}`], minimumStrength: 128 },
  { slug: "metering", name: "Metering", hostNames: [`metering.${DOMAIN}`, `meters.${DOMAIN}`] },
  { slug: "orders", name: "Orders", hostNames: [`orders.${DOMAIN}`] },
  {
    slug: "forecast",
    name: "Forecast",
    hostNames: [`forecast.${DOMAIN}`],
    unknownClients: "learn",
    notes: "Put behind mutual TLS in October; learns until everybody who calls it is known.",
  },
];

const GRID_EDGE = "grid-edge";

const PROXIES: readonly (Omit<ProxyInput, "services"> & { before: string[]; from: string })[] = [
  {
    ...{ slug: "edge-1", name: "Edge 1", kind: "nginx", header: "x-client-cert-pem" },
    ...{ before: ["payments", "metering", "orders"], from: "192.0.2.11" },
  },
  {
    ...{ slug: "mesh", name: "Mesh gateway", kind: "caddy", header: "x-client-cert-der" },
    ...{ before: ["payments", "orders", "forecast"], from: "192.0.2.30" },
  },
  // Decides from a file, and reports no use.
  {
    ...{ slug: GRID_EDGE, name: "Grid edge", kind: "haproxy", header: "x-client-cert-der" },
    ...{ before: ["metering"], from: "192.0.2.52" },
  },
];

/** Who may call what, and how many requests come in an hour at most. */
const CLIENTS: readonly {
  name: string;
  calls: string[];
  proxy: string;
  perHour: number;
  environment?: string;
}[] = [
  { name: "billing-worker", calls: ["payments", "orders"], proxy: "edge-1", perHour: 60 },
  { name: "invoice-export", calls: ["payments"], proxy: "edge-1", perHour: 9 },
  { name: "reporting", calls: ["metering", "orders"], proxy: "edge-1", perHour: 24 },
  { name: "customers", calls: ["forecast", "orders"], proxy: "mesh", perHour: 40, environment: "mesh" },
  { name: "grid-gateway", calls: ["metering"], proxy: "edge-1", perHour: 80 },
  // Suspended: it goes on asking.
  { name: "weather-feed", calls: ["forecast"], proxy: "mesh", perHour: 12 },
  { name: "charge-controller", calls: ["metering", "payments"], proxy: "edge-1", perHour: 33 },
  { name: "mobile-backend", calls: ["orders"], proxy: "mesh", perHour: 70 },
  { name: "audit-collector", calls: ["payments"], proxy: "edge-1", perHour: 0 },
  { name: "orders", calls: ["payments"], proxy: "mesh", perHour: 51, environment: "mesh" },
  { name: "tariffs", calls: ["orders"], proxy: "mesh", perHour: 18, environment: "mesh" },
];

/** Calls the service that learns, and nobody has admitted it. */
const STRANGER = "stock";

/** Longer than it takes to make a list. */
const SNAPSHOT_AGE_MS = 3_600_000;

/** As many as the console shows. */
const HOURS = 36;

/**
 * Clients with what they may call, the proxies that ask, and their use of the last hours.
 *
 * @param installation its clock says when it happens
 */
export function demoClients(installation: Installation, admin: UserActor, operator: UserActor) {
  const ids = { services: new Map<string, string>(), proxies: new Map<string, string>() };
  const clients = new Map<string, { clientId: string; credentialId: string | null }>();
  const newest = (name: string) =>
    installation.database.read.certificate.findFirstOrThrow({
      where: { displayName: { in: [name, `${name}.${DOMAIN}`] }, status: "issued" },
      orderBy: { createdAt: "desc" },
      select: { id: true, sha256: true, issuerId: true, body: true },
    });

  async function connect(): Promise<void> {
    for (const service of SERVICES)
      ids.services.set(service.slug, await createService(installation, admin, service));
    for (const { before, from: _, ...proxy } of PROXIES) {
      const services = before.map((slug) => ids.services.get(slug) ?? "");
      ids.proxies.set(proxy.slug, (await createProxy(installation, admin, { ...proxy, services })).id);
    }
  }

  async function admit(): Promise<void> {
    for (const { name, calls, environment = "production" } of CLIENTS) {
      const { issuerId, sha256 } = await newest(name);
      const about = DEMO_SERVICES.find((service) => service.name === name);
      const authorityId = issuerId ?? "";
      const named =
        about?.profile === "client"
          ? ({ nameType: "uri", nameValue: `spiffe://${DOMAIN}/${name}` } as const)
          : ({ nameType: "dns", nameValue: `${name}.${DOMAIN}` } as const);
      const whole = await createWholeClient(installation, operator, {
        client: { name, environment, owner: about?.owner ?? "", tags: about?.tags ?? [] },
        grants: calls.map((slug) => ({ serviceId: ids.services.get(slug) ?? "" })),
        credential:
          name === "audit-collector"
            ? { kind: "certificate", sha256: sha256 ?? "" }
            : { kind: "name", authorityId, ...named },
      });
      clients.set(name, whole);
    }
  }

  /** An hour's requests: more by day than by night, and never quite the same. */
  async function serve(): Promise<void> {
    const use = new UseTally(installation);
    const callers = new CallerTally(installation);
    const hour = installation.clock.now().getUTCHours();
    const share = 0.25 + 0.75 * Math.sin((Math.PI * ((hour + 18) % 24)) / 24) ** 2;
    for (const [place, { name, calls, proxy, perHour }] of CLIENTS.entries()) {
      const { clientId = "", credentialId = "" } = clients.get(name) ?? {};
      const count = Math.round(perHour * share * (0.7 + (((hour + 1) * (place + 3) * 7) % 10) / 20));
      for (let request = 0; request < count; request++) {
        use.note({
          ...{ clientId, credentialId: credentialId ?? "", proxyId: ids.proxies.get(proxy) ?? "" },
          serviceId: ids.services.get(calls[request % calls.length] ?? "") ?? "",
          permitted: name !== "weather-feed",
          from: PROXIES.find(({ slug }) => slug === proxy)?.from ?? "",
        });
      }
    }
    const { sha256, body } = await newest(STRANGER);
    for (let request = 0; request < 3; request++) {
      callers.note({
        ...{ sha256: sha256 ?? "", reason: "learning", der: () => body },
        ...{ serviceId: ids.services.get("forecast") ?? "", proxyId: ids.proxies.get("mesh") ?? "" },
      });
    }
    await use.end();
    await callers.end();
    const sightings = new ProxySightings(installation);
    for (const { slug, from } of PROXIES) sightings.note(ids.proxies.get(slug) ?? "", from);
    await sightings.end();
  }

  /** What a proxy does that decides from a file: it fetches the list, and says that it uses it. */
  async function fetchList(): Promise<void> {
    const [proxyId, serviceId] = [ids.proxies.get(GRID_EDGE) ?? "", ids.services.get("metering") ?? ""];
    const list = { serviceId, format: "haproxy" } as const;
    const access = new AccessSnapshot(installation, SNAPSHOT_AGE_MS);
    await access.follow();
    const { version } = await new AllowlistFiles(installation, access).present({
      ...list,
      service: "metering",
    });
    await access.end();
    const fetches = new ProxyFileTally(installation);
    fetches.note(proxyId, list, version);
    await fetches.end();
    await reportLiveVersion(installation, proxyId, list, version);
  }

  return [
    { daysAgo: 84, run: connect },
    { daysAgo: 83.9, run: admit },
    {
      daysAgo: 3.2,
      run: () => suspendClient(installation, admin, clients.get("weather-feed")?.clientId ?? ""),
    },
    ...Array.from({ length: HOURS }, (_, hour) => ({ daysAgo: hour / 24 + 0.004, run: serve })),
    {
      daysAgo: 0.003,
      run: async () => {
        const id = clients.get("invoice-export")?.credentialId ?? "";
        const { sha256 } = await newest("invoice-export");
        await rotateCredential(installation, admin, id, {
          proof: { kind: "certificate", sha256: sha256 ?? "" },
          overlap: "7d",
          revokesOld: false,
        });
      },
    },
    { daysAgo: 0.0002, run: fetchList },
  ];
}
