import type { Observation, SeenCertificate } from "#lib/handshake/observation.ts";
import { decimalSerial } from "./decimal-serial.ts";
import { type JsonObject, numberIn, objectIn, textIn } from "./json-line.ts";
import { seenCertificate } from "./seen-certificate.ts";
import { peerKeys, socketAddress } from "./socket-address.ts";

type Asked = Pick<Observation, "peer" | "keys" | "serverName" | "tls" | "certificate" | "resumed">;

/** Who asked for what, from the `request` that access and error lines have. */
export function caddyRequest(fields: JsonObject): Asked {
  const request = objectIn(fields.request) ?? {};
  const tls = objectIn(request.tls);
  const peer = peerOf(request);
  return {
    peer,
    keys: peerKeys(peer),
    serverName: textIn(tls?.server_name) ?? textIn(request.host)?.replace(/:\d{1,5}$/, "") ?? null,
    tls: VERSIONS.get(numberIn(tls?.version) ?? 0) ?? null,
    certificate: tls === null ? null : certificateOf(tls),
    ...(tls?.resumed === true ? { resumed: true } : {}),
  };
}

/** `remote_ip` and `remote_port` in the fields or a request; up to 2.4 `remote_addr`. */
export function peerOf(fields: JsonObject): Observation["peer"] {
  const ip = textIn(fields.remote_ip);
  if (ip !== null) {
    const known = socketAddress(ip);
    return known === null ? null : { address: known.address, port: numberIn(fields.remote_port) };
  }
  const address = textIn(fields.remote_addr) ?? textIn(fields.remote);
  return address === null ? null : socketAddress(address);
}

const VERSIONS: ReadonlyMap<number, NonNullable<Observation["tls"]>> = new Map([
  [0x301, "1.0"],
  [0x302, "1.1"],
  [0x303, "1.2"],
  [0x304, "1.3"],
]);

function certificateOf(tls: JsonObject): SeenCertificate | null {
  const commonName = textIn(tls.client_common_name);
  const serial = decimalSerial(textIn(tls.client_serial));
  return seenCertificate(commonName === null ? { serial } : { serial, commonName });
}
