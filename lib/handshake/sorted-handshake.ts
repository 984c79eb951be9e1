import { becomesFailure } from "./becomes-failure.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { FailedHandshake, SucceededHandshake } from "./handshake-batch.ts";
import type { InventoryView, KnownCertificate } from "./inventory-view.ts";
import type { ObservedLine } from "./parse-lines.ts";
import { isPerhapsDenied } from "./perhaps-denied.ts";
import { presentedOf } from "./presented.ts";
import { type ServiceBehind, serviceAt, serviceOfNames } from "./service-behind.ts";
import { type WholeHandshake, wholeHandshake } from "./whole-handshake.ts";

/** What a handshake is to failures: one of them, what shows that one is over, or neither. */
export interface SortedHandshake {
  failed?: FailedHandshake;
  succeeded?: SucceededHandshake;
}

/**
 * Tells whether a handshake failed or went well. A client may have come in whose request then failed on the way to an
 * upstream: that is both.
 *
 * @param lines of one handshake, in their order; at least one
 * @param diagnosis of it
 * @param services behind the proxy
 * @param shown certificates that it shows to clients
 */
export function sortedHandshake(
  lines: readonly ObservedLine[],
  diagnosis: Diagnosis,
  inventory: InventoryView,
  services: readonly ServiceBehind[],
  shown: readonly KnownCertificate[] = [],
): SortedHandshake {
  const handshake = wholeHandshake(lines);
  const sorted: SortedHandshake = {};
  const disliked = shown.find(({ id }) => id === diagnosis.certificate);
  const serviceId =
    serviceAt(services, handshake.serverName) || serviceOfNames(services, disliked?.names ?? []);
  const { at, zone, tls, direction } = handshake;
  const isFailure = becomesFailure(handshake, diagnosis);
  if (isFailure) {
    const peer = direction === "upstream" ? handshake.upstream : clientAddress(lines);
    const texts = lines.map(({ text }) => text);
    sorted.failed = { at, zone, serviceId, diagnosis, tls, peer, lines: texts };
  }
  const cameIn = wentWell(lines, "inbound") && !(isFailure && direction === "inbound");
  if (cameIn) {
    sorted.succeeded = {
      ...{ at, zone, serviceId, direction: "inbound", ...identityOf(handshake, diagnosis, inventory) },
      peer: clientAddress(lines),
      upstream: direction === "upstream" ? null : handshake.upstream,
    };
  } else if (!isFailure && wentWell(lines, "upstream")) {
    const nobody = { clientId: null, names: [], certificateId: null };
    sorted.succeeded = { at, zone, serviceId, direction: "upstream", ...nobody, peer: handshake.upstream };
  }
  return sorted;
}

/**
 * Whether some line of that direction says that it was accepted, and none that it was not. Who resumes a session is let
 * in for what was found before.
 */
function wentWell(lines: readonly ObservedLine[], direction: "inbound" | "upstream"): boolean {
  const own = lines.filter((line) => line.direction === direction);
  return (
    own.some((line) => line.outcome === "accepted" && line.resumed !== true && !isPerhapsDenied(line)) &&
    own.every(({ outcome }) => outcome !== "refused")
  );
}

function clientAddress(lines: readonly ObservedLine[]): string | null {
  return lines.find(({ peer, direction }) => peer !== null && direction === "inbound")?.peer?.address ?? null;
}

/**
 * Who came in, by all names that a failure may have for the same: its former certificate may have been known here or
 * not, and a proxy writes a subject as it likes.
 */
function identityOf(
  { leaf, direction, observations }: WholeHandshake,
  diagnosis: Diagnosis,
  inventory: InventoryView,
): Pick<SucceededHandshake, "clientId" | "names" | "certificateId"> {
  const known = leaf === null ? null : presentedOf(leaf, inventory).known;
  const seen = observations.flatMap(({ certificate }) => (certificate?.role === "leaf" ? [certificate] : []));
  const names = [
    diagnosis.client?.name,
    known?.client?.name,
    known?.name,
    ...seen.flatMap(({ subject, commonName }) => [subject, commonName]),
  ];
  return {
    clientId: diagnosis.client?.id ?? known?.client?.id ?? null,
    certificateId: (direction === "inbound" ? diagnosis.certificate : null) ?? known?.id ?? null,
    names: [...new Set(names.filter((name) => name != null && name !== ""))] as string[],
  };
}
