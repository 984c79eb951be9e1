import { malformed } from "#lib/errors.ts";
import { shipWithFluentBit } from "./fluent-bit.ts";
import { shipWithRsyslog } from "./rsyslog.ts";
import { type HandedOut, shipWithScript } from "./ship-script.ts";
import type { ShippingConfiguration, ShippingSetup } from "./shipping-setup.ts";
import { shipWithSyslogNg } from "./syslog-ng.ts";
import { shipWithVector } from "./vector.ts";

/** By which program logs can be sent, with its name for people; the one to begin with comes first. */
export const SHIPPING_PROGRAMS = {
  script: "Our script",
  rsyslog: "rsyslog",
  "syslog-ng": "syslog-ng",
  vector: "Vector",
  "fluent-bit": "Fluent Bit",
} as const;

export type ShippingProgram = keyof typeof SHIPPING_PROGRAMS;

/**
 * How the logs of a proxy are sent here, ready to be put in place on its machine. No token stands in it: the
 * programs read it from its file. Pure.
 *
 * @param handedOut what this instance serves for it
 * @returns null for rsyslog while the planes take no syslog over TCP: COUNTERSIGN_SYSLOG_PORT has to be set
 * @throws DomainError `malformed` naming what would mean something else where it is put
 */
export function shippingConfiguration(
  program: ShippingProgram,
  setup: ShippingSetup,
  handedOut: HandedOut,
): ShippingConfiguration | null {
  const { planes, logs, files } = setup;
  if (planes.length === 0 || !planes.every(isPlane)) {
    throw malformed("planes", "shipping.planes", "Planes are one or several host:port.");
  }
  if (logs.length === 0 || logs.length > LOGS_MAX || !logs.every(isPath)) {
    throw malformed("logs", "shipping.logs", PATHS);
  }
  if (!Object.values(files).every(isPath)) throw malformed("files", "shipping.files", PATHS);
  return WRITERS[program](setup, handedOut);
}

const LOGS_MAX = 20;
const PATHS = `Files are named by their whole paths of letters, digits and . _ - /, at most ${LOGS_MAX} logs.`;

/** Nothing that any of the programs reads as more than itself. */
function isPath(path: string): boolean {
  return /^(?:\/[A-Za-z0-9._-]{1,255}){1,32}$/.test(path);
}

function isPlane(plane: string): boolean {
  return /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):\d{1,5}$/.test(plane);
}

const WRITERS: Record<
  ShippingProgram,
  (setup: ShippingSetup, handedOut: HandedOut) => ShippingConfiguration | null
> = {
  script: shipWithScript,
  rsyslog: shipWithRsyslog,
  "syslog-ng": shipWithSyslogNg,
  vector: shipWithVector,
  "fluent-bit": shipWithFluentBit,
};
