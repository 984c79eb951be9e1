import type { DiagnosisContext } from "./diagnosis-context.ts";
import { spoken, wasOver } from "./event-time.ts";
import type { KnownCertificate } from "./inventory-view.ts";

/** The state of the certificate that the proxy showed to the client: it decides why a client may have left. */
export interface ServerCertificateState {
  expiry: "over" | "sound" | "unknown";
  /** Whether it has the name that the client asked for. */
  name: "covered" | "other" | "unknown";
  /** The same in sentences. */
  said: readonly string[];
  /** Which one it is, as far as it is known. */
  certificate: KnownCertificate | null;
}

/**
 * What lines and inventory say of the server's certificate. A proxy may show several: then only what is true of all of
 * them is sure, but one that has expired is suspicious.
 */
export function serverCertificate(context: DiagnosisContext): ServerCertificateState {
  const { handshake, inventory, facts } = context;
  const { served } = handshake;
  const asked = askedName(context);
  if (served === null) {
    const over = facts.serverCertificates.find((each) => wasOver(each.notAfter, handshake) === "yes") ?? null;
    const isSound = facts.serverCertificates.every((each) => wasOver(each.notAfter, handshake) === "no");
    const covers = facts.serverCertificates.map(({ names }) => asked !== null && coversName(names, asked));
    return {
      expiry: over !== null ? "over" : isSound && covers.length > 0 ? "sound" : "unknown",
      name:
        asked === null || covers.length === 0 || (covers.includes(true) && covers.includes(false))
          ? "unknown"
          : covers.includes(true)
            ? "covered"
            : "other",
      said: facts.serverCertificates.map(({ name, notAfter }) => `${name} ends ${spoken(notAfter)}.`),
      certificate:
        over ?? (facts.serverCertificates.length === 1 ? (facts.serverCertificates[0] ?? null) : null),
    };
  }
  const { notAfter, names } = served;
  const isNamed = asked !== null && names.length > 0;
  const isCovered = isNamed && coversName(names, asked);
  // Caddy names the first second in which it is not valid any longer.
  const ending = notAfter === null ? [] : [notAfter, notAfter - 1_000].flatMap((end) => inventory.byEnd(end));
  const same = ending.filter((each) => names.every((name) => each.names.includes(name)));
  return {
    expiry: notAfter === null ? "unknown" : EXPIRY[wasOver(notAfter, handshake)],
    name: !isNamed ? "unknown" : isCovered ? "covered" : "other",
    said: [
      ...(notAfter === null ? [] : [`The certificate shown ends ${spoken(notAfter)}.`]),
      ...(isNamed ? [`The certificate shown is ${isCovered ? "" : "not "}for ${asked}.`] : []),
    ],
    certificate: same.length === 1 ? (same[0] ?? null) : null,
  };
}

const EXPIRY = { yes: "over", no: "sound", unsure: "unknown" } as const;

/** A line that tells what was shown has its name from there, and cannot say what was asked for. */
function askedName({ handshake: { observations } }: DiagnosisContext): string | null {
  return (
    observations.find((each) => each.served === undefined && each.serverName !== null)?.serverName ?? null
  );
}

/**
 * The certificate that a client must have refused as expired: of those with the name that it asked for, the one that had
 * ended last.
 */
export function endedServer(context: DiagnosisContext): KnownCertificate | null {
  const asked = askedName(context);
  const named = asked === null ? [] : context.inventory.byServerName(asked);
  const [last = null] = named
    .filter(({ notAfter }) => wasOver(notAfter, context.handshake) === "yes")
    .sort((a, b) => b.notAfter - a.notAfter);
  return last;
}

/** Whether a server of these names may be asked for by that one. */
export function coversName(names: readonly string[], asked: string): boolean {
  const covering = namesCovering(asked);
  return names.some((name) => covering.includes(bareName(name)));
}

/** A name in a certificate without its kind, in lower case. @param name as `dns:…` */
export function bareName(name: string): string {
  return name.slice(name.indexOf(":") + 1).toLowerCase();
}

/** Names that stand for the one that is asked for: a star stands for one whole label (RFC 9525 §6.3). */
export function namesCovering(asked: string): string[] {
  const wanted = asked.toLowerCase();
  const dot = wanted.indexOf(".");
  return dot > 0 ? [wanted, `*${wanted.slice(dot)}`] : [wanted];
}
