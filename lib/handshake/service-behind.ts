import type { Database } from "#lib/database.ts";

/** A service before which a proxy stands. */
export interface ServiceBehind {
  id: string;
  /** In lower case. */
  hostNames: readonly string[];
}

/** The active services before which a proxy stands. */
export async function servicesBehind({ read }: Database, proxyId: string): Promise<ServiceBehind[]> {
  const rows = await read.proxyService.findMany({
    where: { proxyId, service: { status: "active" } },
    select: { service: { select: { id: true, hostNames: true } } },
    orderBy: { serviceId: "asc" },
  });
  return rows.map(({ service: { id, hostNames } }) => ({
    id,
    hostNames: (JSON.parse(hostNames) as string[]).map((name) => name.toLowerCase()), // written by service-change.ts only
  }));
}

/**
 * The service at which a handshake was: the one with the name that was asked for, else the only one that there is.
 * Empty where several may be meant: then it is that of none in particular.
 *
 * @param serverName as the lines have it, perhaps with a port or a dot behind it
 */
export function serviceAt(services: readonly ServiceBehind[], serverName: string | null): string {
  const [only, ...others] = services;
  if (only === undefined) return "";
  if (others.length === 0) return only.id;
  if (serverName === null) return "";
  const wanted = serverName
    .toLowerCase()
    .replace(/:\d{1,5}$/, "")
    .replace(/\.$/, "");
  const [named, ...namesakes] = services.filter(({ hostNames }) => hostNames.includes(wanted));
  return named !== undefined && namesakes.length === 0 ? named.id : "";
}

/**
 * The service whose certificate a handshake was about, where no line names it: nginx writes none with the alert of a
 * client that does not accept what it is shown.
 *
 * @param names in the certificate, as `dns:…`
 */
export function serviceOfNames(services: readonly ServiceBehind[], names: readonly string[]): string {
  const hosts = new Set(names.map((name) => name.toLowerCase()));
  const [named, ...others] = services.filter(({ hostNames }) =>
    hostNames.some((host) => hosts.has(`dns:${host}`)),
  );
  return named !== undefined && others.length === 0 ? named.id : "";
}
