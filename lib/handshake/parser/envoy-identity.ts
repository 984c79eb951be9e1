import type { SeenCertificate } from "#lib/handshake/observation.ts";
import type { EnvoyFields } from "./envoy-fields.ts";
import { isoTime, opensslTime } from "./log-time.ts";
import { hexFingerprint, hexSerial, seenCertificate } from "./seen-certificate.ts";

/** The certificate of who is on that side, from `%DOWNSTREAM_PEER_…%` and the like, or from the header for it. */
export function envoyIdentity(
  fields: EnvoyFields,
  side: "downstream" | "upstream",
  reason: string,
): SeenCertificate | null {
  const get = (name: string) => fields.get(`${side}_peer_${name}`, `${side}_peer_cert_${name}`);
  const named = seenCertificate({
    subject: get("subject"),
    issuer: get("issuer"),
    serial: hexSerial(get("serial")),
    sha1: hexFingerprint(get("fingerprint_1"), 20),
    sha256: hexFingerprint(get("fingerprint_256"), 32),
    notBefore: date(get("cert_v_start") ?? get("v_start")),
    notAfter: date(get("cert_v_end") ?? get("v_end")),
    names: [...listed("uri", get("uri_san")), ...listed("dns", get("dns_san"))],
  });
  if (named !== null) return named;
  const forwarded = fields.get("x_forwarded_client_cert", "xfcc");
  const header = side === "downstream" && forwarded !== null ? forwardedCertificate(forwarded) : null;
  return header ?? seenCertificate({ names: namesInReason(reason) });
}

function date(text: string | null): number | null {
  if (text === null || text.length > 64) return null;
  return isoTime(text)?.at ?? opensslTime(text);
}

const NAMES_MAX = 50;

function listed(kind: "uri" | "dns", text: string | null): string[] {
  return (text?.split(",", NAMES_MAX) ?? []).map((name) => `${kind}:${name.trim()}`);
}

/** Envoy says so when the names are not those that its configuration wants. */
const SANS = /certificate SANs(?: are|:) \[([^\]]{1,300})\]/;

function namesInReason(reason: string): string[] {
  const names = SANS.exec(reason)?.[1]?.split(", ", NAMES_MAX) ?? [];
  return names.map((name) => (name.includes("://") ? `uri:${name}` : `dns:${name}`));
}

const PAIR = /([A-Za-z]{2,10})=(?:"((?:[^"\\]|\\.){0,2000})"|([^",;]{0,2000}))([,;]|$)/y;
const PAIRS_MAX = 60;

/** X-Forwarded-Client-Cert. Of several elements the others were written elsewhere, perhaps by the client. */
function forwardedCertificate(text: string): SeenCertificate | null {
  const pairs: [key: string, value: string][] = [];
  for (let at = 0; at < text.length && pairs.length < PAIRS_MAX; ) {
    PAIR.lastIndex = at;
    const [whole, key = "", quoted, bare = "", separator] = PAIR.exec(text) ?? [];
    if (whole === undefined || separator === ",") return null;
    pairs.push([key.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? bare]);
    at += whole.length;
  }
  const all = (wanted: string) => pairs.flatMap(([key, value]) => (key === wanted ? [value] : []));
  return seenCertificate({
    subject: all("subject")[0] || null,
    sha256: hexFingerprint(all("hash")[0] ?? null, 32),
    names: [...all("uri").map((name) => `uri:${name}`), ...all("dns").map((name) => `dns:${name}`)],
  });
}
