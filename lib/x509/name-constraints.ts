import type { Violation } from "../errors.ts";
import { checkGeneralName, type GeneralName } from "./general-name.ts";
import { parseIp } from "./ip-address.ts";
import { checkName, formatName, type Name, relativeNamesEqual } from "./name.ts";
import { type NameConstraints, type NameSubtree, parseIpRange } from "./name-constraints-encoding.ts";
import { OID } from "./oids.ts";

const RULE = "rfc5280.4.2.1.10";

const OID_EMAIL_ADDRESS = "1.2.840.113549.1.9.1";
/** A name as the constraints see it: where it stands, and its form. */
type Constrained =
  | { field: "names" | "subject"; type: GeneralName["type"]; value: string }
  | { field: "subject"; type: "directoryName"; value: string; name: Name };

/**
 * The first name that an authority's constraints forbid (RFC 5280 §4.2.1.10): excluded subtrees win, and a
 * permitted subtree of one form forbids all other names of that form. The subject counts as a directory
 * name, its e-mail addresses as e-mail, and, as OpenSSL has it, a common name that looks like a host counts
 * as DNS name when there is no other.
 *
 * @param judge what is to be issued is judged strictly: a wildcard must not touch what is excluded, and a URI's
 *   host must be plain. "openssl" judges as that does, for what others issued.
 * @returns the violation, or null when all names are allowed
 */
export function violatesNameConstraints(
  names: readonly GeneralName[],
  subject: Name,
  constraints: NameConstraints,
  judge: "strict" | "openssl" = "strict",
): Violation | null {
  const within = judge === "strict" ? withinStrictly : withinForOpenssl;
  for (const name of constrainedNames(names, subject, judge === "strict" ? looksLikeHost : isHostToOpenssl)) {
    const excluded = constraints.excluded.find(
      (subtree) => subtree.type === name.type && within(name, subtree, true),
    );
    if (excluded !== undefined) return violation(name, `lies in the excluded subtree ${excluded.value}`);
    const permitted = constraints.permitted.filter((subtree) => subtree.type === name.type);
    if (permitted.length === 0 || permitted.some((subtree) => within(name, subtree, false))) continue;
    const allowed = permitted.map((subtree) => subtree.value).join(", ");
    return violation(name, `lies outside what the authority is constrained to (${allowed})`);
  }
  return null;
}

function violation({ field, type, value }: Constrained, problem: string): Violation {
  const label =
    type === "directoryName" ? "subject" : `${type === "email" ? "e-mail" : type.toUpperCase()} name`;
  return { field, rule: RULE, detail: `The ${label} "${value}" ${problem}.` };
}

function constrainedNames(
  names: readonly GeneralName[],
  subject: Name,
  isHost: (commonName: string) => boolean,
): Constrained[] {
  const found: Constrained[] = names.map(({ type, value }) => ({ field: "names", type, value }));
  if (subject.length > 0)
    found.push({ field: "subject", type: "directoryName", value: formatName(subject), name: subject });
  const hasDns = names.some(({ type }) => type === "dns");
  for (const { type, value } of subject.flat()) {
    if (type === OID_EMAIL_ADDRESS) found.push({ field: "subject", type: "email", value });
    if (type === OID.commonName && !hasDns && isHost(value))
      found.push({ field: "subject", type: "dns", value });
  }
  return found;
}

function looksLikeHost(value: string): boolean {
  return value.includes(".") && checkGeneralName({ type: "dns", value }) === null;
}

/** As its cn2dnsid: labels of letters, digits, `_` and inner hyphens, at least two; an IPv4 address is one, too. */
function isHostToOpenssl(value: string): boolean {
  const labels = value.split(".");
  return (
    labels.length > 1 &&
    labels.every((label) => /^[A-Za-z0-9_-]+$/.test(label) && !label.startsWith("-") && !label.endsWith("-"))
  );
}

/**
 * As its nc_match: a wildcard is a name like any other, and the host of a URI ends at the first colon, or else at
 * the first slash, whatever stands in it. One without a host is an error of its own there, so it is refused.
 */
function withinForOpenssl(name: Constrained, subtree: NameSubtree, touching: boolean): boolean {
  if (name.type !== "uri") return withinStrictly(name, subtree, touching && name.type !== "dns");
  const rest = /^[^:]*:\/\/(.*)$/s.exec(name.value)?.[1] ?? "";
  const host = rest.includes(":") ? rest.slice(0, rest.indexOf(":")) : (rest.split("/", 1)[0] ?? "");
  return host === "" ? touching : hostWithin(host, subtree.value);
}

/** `touching` also counts a wildcard that could stand for a name inside the subtree. */
function withinStrictly(name: Constrained, subtree: NameSubtree, touching: boolean): boolean {
  if (name.type === "directoryName")
    return subtree.type === "directoryName" && startsWith(name.name, subtree.name);
  switch (name.type) {
    case "dns":
      return dnsWithin(name.value.toLowerCase(), subtree.value.toLowerCase(), touching);
    case "ip":
      return ipWithin(name.value, subtree.value);
    case "email":
      return emailWithin(name.value, subtree.value, touching);
    case "uri":
      return uriWithin(name.value, subtree.value, touching);
  }
}

function startsWith(name: Name, prefix: Name): boolean {
  return (
    prefix.length <= name.length &&
    prefix.every((relative, index) => relativeNamesEqual(relative, name[index]))
  );
}

function dnsWithin(name: string, base: string, touching: boolean): boolean {
  if (base === "") return true;
  const suffix = base.startsWith(".") ? base : `.${base}`;
  if (name === base || name.endsWith(suffix)) return true;
  if (!touching || !name.startsWith("*.")) return false;
  // *.example.com may serve a.example.com, so it touches the excluded subtree a.example.com.
  return suffix.slice(suffix.indexOf(".", 1)) === name.slice(1);
}

function ipWithin(name: string, base: string): boolean {
  const octets = parseIp(name);
  const range = parseIpRange(base);
  if (octets === null || range === null || octets.length !== range.address.length) return false;
  return octets.every((octet, index) => (octet & (range.mask[index] as number)) === range.address[index]);
}

/** A mailbox exactly (its local part by case), all mailboxes of a host, or of the hosts below `.domain`. */
function emailWithin(name: string, base: string, touching: boolean): boolean {
  const at = name.lastIndexOf("@");
  if (at < 0) return touching;
  if (!base.includes("@")) return hostWithin(name.slice(at + 1), base);
  const baseAt = base.lastIndexOf("@");
  return (
    name.slice(0, at) === base.slice(0, baseAt) &&
    name.slice(at + 1).toLowerCase() === base.slice(baseAt + 1).toLowerCase()
  );
}

/** A URI without a host name cannot be judged and is refused both ways (§4.2.1.10, last of its rules on URIs). */
function uriWithin(name: string, base: string, touching: boolean): boolean {
  const authority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/.exec(name)?.[1];
  const host = authority?.replace(/^.*@/, "").replace(/:\d*$/, "") ?? "";
  if (host === "" || host.startsWith("[") || parseIp(host) !== null) return touching;
  return hostWithin(host, base);
}

/** A base with a leading dot means the hosts below it; without one, that host alone. */
function hostWithin(host: string, base: string): boolean {
  const lower = host.toLowerCase();
  return base.startsWith(".") ? lower.endsWith(base.toLowerCase()) : lower === base.toLowerCase();
}

/**
 * The rules that constraints break when an authority is to be given them.
 *
 * @param constraints as somebody typed them
 * @param field the input field that violations name
 */
export function checkNameConstraints(constraints: NameConstraints, field = "nameConstraints"): Violation[] {
  const subtrees = [...constraints.permitted, ...constraints.excluded];
  if (subtrees.length === 0) {
    return [
      { field, rule: RULE, detail: "Name constraints need at least one permitted or excluded subtree." },
    ];
  }
  return subtrees.flatMap((subtree) => {
    const problem = subtreeProblem(subtree);
    return problem === null
      ? []
      : [{ field, rule: RULE, detail: `The subtree "${subtree.value}" ${problem}.` }];
  });
}

function subtreeProblem(subtree: NameSubtree): string | null {
  const isHost = (value: string) => !value.includes("*") && checkGeneralName({ type: "dns", value }) === null;
  const withoutDot = subtree.value.replace(/^\./, "");
  switch (subtree.type) {
    case "dns":
      return isHost(withoutDot) ? null : "is not a DNS name such as example.com";
    case "uri":
      return isHost(withoutDot)
        ? null
        : "is not a host, or .domain for the hosts below it (URI constraints name hosts only)";
    case "ip":
      return parseIpRange(subtree.value) === null
        ? "is not an IP range such as 10.0.0.0/8 or fd00::/8 without host bits"
        : null;
    case "email":
      if (!subtree.value.includes("@"))
        return isHost(withoutDot) ? null : "is not a mailbox, a host, or .domain";
      return checkGeneralName({ type: "email", value: subtree.value }) === null
        ? null
        : "is not an e-mail address";
    case "directoryName":
      return checkName(subtree.name, "subtree")?.detail ?? null;
    default:
      return "is of a form that cannot be issued";
  }
}
