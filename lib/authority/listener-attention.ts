import { isIP } from "node:net";
import { hasAuthorities } from "#lib/authority/founding.ts";
import { certifiableNames, credentialId, listenerNames } from "#lib/authority/listener-credential.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { parseIp } from "#lib/x509/ip-address.ts";

/** How one of our own listeners presents itself. */
export interface ListenerState {
  plane: "console" | "protocol";
  /** Null while it presents a self-signed certificate, because our authority gave it none. */
  certificate: { id: string; notAfter: Date; renewAt: Date } | null;
  /** It should have been renewed, and was not. */
  overdue: boolean;
  /** Names by which it may be reached but which its certificate does not carry. */
  missingNames: string[];
}

/** Renewal is tried every few seconds: what is this late does not come by itself. */
const GRACE_SECONDS = 600;

/**
 * The certificates of our own listeners: the protocol plane's, and the console's where it serves https
 * itself. Empty before set-up, when there is no authority that could give them any.
 *
 * @throws DomainError `forbidden`
 */
export async function listenerStates(installation: Installation, actor: Actor): Promise<ListenerState[]> {
  authorize(actor, "authority:read");
  if (!(await hasAuthorities(installation))) return [];
  const planes = installation.config.console.https
    ? (["protocol", "console"] as const)
    : (["protocol"] as const);
  const rows = await installation.database.read.listenerCredential.findMany({
    select: { id: true, certificateId: true, notAfter: true, renewAt: true },
  });
  const bodies = await installation.database.read.certificate.findMany({
    where: { id: { in: rows.map((row) => row.certificateId) } },
    select: { id: true, body: true },
  });
  const now = installation.clock.now();
  const own = await Promise.all(
    planes.map(async (plane) =>
      credentialId(plane, await certifiableNames(installation, listenerNames(installation.config, plane))),
    ),
  );
  return planes.map((plane, position): ListenerState => {
    // Its own; while that is not made yet, the newest of another name or machine.
    const row =
      rows.find(({ id }) => id === own[position]) ??
      rows
        .filter(({ id }) => id.startsWith(`${plane}:`))
        .sort((a, b) => b.notAfter.getTime() - a.notAfter.getTime())[0];
    const body = bodies.find(({ id }) => id === row?.certificateId)?.body;
    const carried =
      body === undefined ? [] : parseCertificate(body).names.map((name) => comparable(name.value));
    const wanted = listenerNames(installation.config, plane).map((name) => name.value);
    return {
      plane,
      certificate:
        row === undefined ? null : { id: row.certificateId, notAfter: row.notAfter, renewAt: row.renewAt },
      overdue: row !== undefined && addSeconds(row.renewAt, GRACE_SECONDS) <= now,
      missingNames: wanted.filter((name) => !carried.includes(comparable(name))),
    };
  });
}

/** An IPv6 address has many spellings, a DNS name two. */
function comparable(value: string): string {
  return isIP(value) === 0 ? value.toLowerCase() : String(parseIp(value));
}
