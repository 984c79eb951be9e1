import type { Database } from "#lib/database.ts";
import { serverNamesFor } from "./inventory-search.ts";
import { type ProxyFacts, UNKNOWN_PROXY } from "./inventory-view.ts";
import { recordedCertificates } from "./recorded-certificates.ts";
import type { ServiceBehind } from "./service-behind.ts";

/** Host names of all services behind a proxy; a listener that serves more is not one of a kind. */
const HOSTS_MAX = 50;

/** Certificates for one name that are looked at for the one in use. */
const NAMESAKES_MAX = 10;

/**
 * What is known of a proxy from where it stands: it shows to clients the newest certificates for the host names of the services behind it,
 * as far as those are in the inventory. Nobody says that it has loaded them, so that of each name the newest only
 * counts, and one that was renewed since does not make it suspicious.
 *
 * @param services behind it
 * @param now certificates that begin later are not shown yet
 */
export async function proxyFacts(
  database: Database,
  services: readonly ServiceBehind[],
  now: Date,
): Promise<ProxyFacts> {
  const hosts = services.flatMap(({ hostNames }) => hostNames).slice(0, HOSTS_MAX);
  const ids = new Set<string>();
  for (const host of new Set(hosts)) {
    const newest = await newestFor(database, host, now);
    if (newest !== null) ids.add(newest);
  }
  const certificates = await recordedCertificates(database, ids);
  return { ...UNKNOWN_PROXY, serverCertificates: certificates.map(({ certificate }) => certificate) };
}

async function newestFor(database: Database, host: string, now: Date): Promise<string | null> {
  const named = await database.read.certificateName.findMany({
    where: { type: "dns", value: { in: serverNamesFor(host) } },
    select: { certificateId: true },
    orderBy: { certificateId: "desc" },
    take: NAMESAKES_MAX,
  });
  const found = await recordedCertificates(
    database,
    new Set(named.map(({ certificateId }) => certificateId)),
  );
  const [newest] = found
    .map(({ certificate }) => certificate)
    .filter(({ isAuthority, notBefore, extendedKeyUsage }) => {
      const isForServers = extendedKeyUsage?.includes("serverAuth") !== false;
      return !isAuthority && isForServers && notBefore <= now.getTime();
    })
    .sort((a, b) => b.notBefore - a.notBefore);
  return newest?.id ?? null;
}
