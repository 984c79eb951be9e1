import type { Violation } from "../errors.ts";
import type { DerValue } from "./der-reader.ts";
import { context, contextPrimitive, type DerNode } from "./der-writer.ts";
import { toHex } from "./hex.ts";
import { formatIp, parseIp } from "./ip-address.ts";
import { formatName, type Name, nameNode, readName } from "./name.ts";

/** A subject alternative name we issue: what proves whom. */
export interface GeneralName {
  type: "dns" | "ip" | "uri" | "email";
  /** As people write it: `api.example`, `192.0.2.1`, `spiffe://example/api`, `ops@example`. */
  value: string;
}

/** Further forms that others' certificates carry; read, shown, never issued as SAN. */
export type AnyGeneralName =
  | GeneralName
  | { type: "directoryName"; value: string; name: Name }
  | { type: "registeredId"; value: string }
  | { type: "other"; value: string };

/** A GeneralName as a node (RFC 5280 §4.2.1.6). `checkGeneralName` must have passed it. */
export function generalNameNode(name: AnyGeneralName): DerNode {
  switch (name.type) {
    case "email":
      return contextPrimitive(1, name.value);
    case "dns":
      return contextPrimitive(2, name.value);
    case "uri":
      return contextPrimitive(6, name.value);
    case "ip": {
      const octets = parseIp(name.value);
      if (octets === null) throw new TypeError("not an IP address");
      return contextPrimitive(7, octets);
    }
    case "directoryName":
      return context(4, nameNode(name.name));
    default:
      throw new TypeError(`general names of type ${name.type} are read only`);
  }
}

/** The GeneralName in an element; an IP address of another length than 4 or 16 is malformed. */
export function readGeneralName(value: DerValue, what: string): AnyGeneralName {
  switch (value.tag) {
    case 0x81:
      return { type: "email", value: value.ia5(what) };
    case 0x82:
      return { type: "dns", value: value.ia5(what) };
    case 0x86:
      return { type: "uri", value: value.ia5(what) };
    case 0x87: {
      const text = formatIp(value.content);
      if (text !== null) return { type: "ip", value: text };
      value.breach(what, "has an IP address of neither 4 nor 16 octets", "rfc5280.4.2.1.6");
      return { type: "other", value: toHex(value.der) };
    }
    case 0xa4: {
      const inner = value.children[0];
      if (inner === undefined) throw value.error(what, "has an empty directory name", "rfc5280.4.2.1.6");
      const name = readName(inner, what);
      return { type: "directoryName", value: formatName(name), name };
    }
    case 0x88:
      return { type: "registeredId", value: toHex(value.content) };
    case 0xa0:
    case 0xa3:
    case 0xa5:
      return { type: "other", value: toHex(value.der) };
    default:
      throw value.error(what, "has a general name of an unknown form", "rfc5280.4.2.1.6");
  }
}

/**
 * The rule that a subject alternative name breaks, if any.
 *
 * @param name the name as people write it
 * @param field the input field that the violation names
 */
export function checkGeneralName(name: GeneralName, field = "names"): Violation | null {
  const broken = CHECKS[name.type](name.value);
  if (broken === null) return null;
  return {
    field,
    rule: broken.rule,
    detail: `${LABELS[name.type]} "${shown(name.value)}" ${broken.problem}.`,
  };
}

interface Broken {
  rule: string;
  problem: string;
}

const LABELS = {
  dns: "The DNS name",
  ip: "The IP address",
  uri: "The URI",
  email: "The e-mail address",
} as const;

const CHECKS: Readonly<Record<GeneralName["type"], (value: string) => Broken | null>> = {
  dns: checkDns,
  ip: checkIp,
  uri: checkUri,
  email: checkEmail,
};

/** At most 80 characters, and none that deceive. */
function shown(value: string): string {
  const short = value.length > 80 ? `${value.slice(0, 80)}…` : value;
  return short.replace(/[^\x20-\x7E…]/gu, "\uFFFD");
}

function checkDns(value: string): Broken | null {
  const rule = "rfc5280.4.2.1.6.dns";
  if (value === "") return { rule, problem: "is empty" };
  if (/[^\x21-\x7E]/.test(value)) {
    return {
      rule: "rfc5280.7.2",
      problem: "has characters outside ASCII or blanks: write internationalized names as A-labels (xn--…)",
    };
  }
  if (value.includes("@")) return { rule, problem: "is an e-mail address; use the e-mail type for it" };
  if (value.includes("/")) return { rule, problem: "contains a slash; a URI needs the URI type" };
  if (parseIp(value) !== null || /^[\d.]+$/.test(value))
    return { rule, problem: "is an IP address; use the IP type for it" };
  if (value.length > 253) return { rule: "rfc1035.2.3.4", problem: "is longer than 253 characters" };
  if (value.endsWith(".")) return { rule, problem: "ends with a dot" };
  const labels = value.split(".");
  const hostLabels = labels[0] === "*" ? labels.slice(1) : labels;
  if (hostLabels.length === 0 || hostLabels.some((label) => label.includes("*"))) {
    return {
      rule: "rfc9525.6.3",
      problem: "has a wildcard that is not the whole leftmost label (*.example)",
    };
  }
  const bad = hostLabels.find((label) => !/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label));
  if (bad === undefined) return null;
  return {
    rule: "rfc1034.3.5",
    problem: `has the label "${shown(bad)}": labels are 1 to 63 letters, digits and inner hyphens`,
  };
}

function checkIp(value: string): Broken | null {
  if (parseIp(value) !== null) return null;
  return {
    rule: "rfc5280.4.2.1.6.ip",
    problem: "is not an IPv4 or IPv6 address (without prefix length or zone)",
  };
}

function checkUri(value: string): Broken | null {
  const rule = "rfc5280.4.2.1.6.uri";
  if (value.length > 2048) return { rule, problem: "is longer than 2048 characters" };
  if (/[^\x21-\x7E]/.test(value))
    return {
      rule,
      problem: "has characters outside ASCII or blanks: percent-encode them, hosts as A-labels",
    };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):(.+)$/.exec(value);
  if (scheme === null) return { rule, problem: "is not absolute: it needs a scheme and what follows it" };
  if (/["<>\\^`{|}]|%(?![0-9A-Fa-f]{2})/.test(value))
    return { rule: "rfc3986.2", problem: "has characters that a URI must percent-encode" };
  const authority = /^\/\/([^/?#]*)/.exec(scheme[2] as string)?.[1];
  if (authority === "") return { rule, problem: "has no host after //" };
  return (scheme[1] as string).toLowerCase() === "spiffe" ? checkSpiffe(value) : null;
}

/** SPIFFE-ID §2: lower-case trust domain without user or port, plain path segments, no query or fragment. */
function checkSpiffe(value: string): Broken | null {
  const rule = "spiffe-id.2";
  const parts = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/[A-Za-z0-9._-]+)*)$/.exec(value);
  if (parts === null) {
    return {
      rule,
      problem:
        "is not a SPIFFE id: spiffe://trust-domain/path with letters, digits, dots, hyphens and underscores",
    };
  }
  if (/\/\.{1,2}(?:\/|$)/.test(parts[2] as string)) return { rule, problem: "has the path segment . or .." };
  return null;
}

function checkEmail(value: string): Broken | null {
  const rule = "rfc5280.4.2.1.6.email";
  if (/[^\x21-\x7E]/.test(value))
    return { rule, problem: "has characters outside ASCII or blanks: hosts are written as A-labels (xn--…)" };
  const at = value.lastIndexOf("@");
  if (at < 1 || value.length > 254) return { rule, problem: "is not of the form mailbox@host" };
  if (
    at > 64 ||
    !/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(value.slice(0, at))
  ) {
    return { rule: "rfc5321.4.1.2", problem: "has a part before the @ that is no plain mailbox" };
  }
  const host = value.slice(at + 1);
  return host.includes("*") || checkDns(host) !== null
    ? { rule, problem: "has a host after the @ that is no DNS name" }
    : null;
}
