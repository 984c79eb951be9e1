import { malformed } from "#lib/errors.ts";
import { isRisk, RISK_CODES, type Risk } from "#lib/inventory/certificate-risks.ts";
import { parseSearch } from "#lib/inventory/certificate-search.ts";
import {
  CERTIFICATE_STATUSES,
  type CertificateStatus,
  isCertificateStatus,
} from "#lib/inventory/certificate-status.ts";
import { isReference } from "#lib/reference.ts";

/** Which certificates a list shows. Several values of one field are alternatives; all fields must be met. */
export interface CertificateFilter {
  /** A name's beginning or end, a serial number, a fingerprint or a certificate in PEM; empty: any. */
  search: string;
  status: CertificateStatus[];
  kind: CertificateKind[];
  /** Issuer names as text (RFC 4514). */
  issuer: string[];
  /** Slugs of certificate profiles. */
  profile: string[];
  algorithm: string[];
  /** "" is nobody. */
  owner: string[];
  tag: string[];
  source: string[];
  risk: Risk[];
  /** Expires then or later. */
  expiresFrom: Date | null;
  /** Expires then or earlier. */
  expiresTo: Date | null;
}

export const CERTIFICATE_KINDS = ["end-entity", "authority"] as const;
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

/** The filter that every certificate passes. */
export const EVERY_CERTIFICATE: CertificateFilter = {
  search: "",
  status: [],
  kind: [],
  issuer: [],
  profile: [],
  algorithm: [],
  owner: [],
  tag: [],
  source: [],
  risk: [],
  expiresFrom: null,
  expiresTo: null,
};

/** The fields that may have several values, which are also the names of their URL parameters. */
export const FILTER_LISTS = [
  "status",
  "kind",
  "issuer",
  "profile",
  "algorithm",
  "owner",
  "tag",
  "source",
  "risk",
] as const;

/** Parameters as an address has them: one value, or several. */
export type FilterParameters = Record<string, string | string[] | undefined>;

/** The most values of one field. */
const VALUES_MAX = 50;

/** The longest value; an issuer's name is the longest there is. */
const VALUE_MAX = 1_000;

/**
 * Reads a filter from an address: q, status, kind, issuer, profile, algorithm, owner, tag, source, risk (each
 * of these but q may be repeated), expires-from and expires-to (a date, which counts whole, or a time with
 * its zone). Other parameters are left alone.
 *
 * @throws DomainError `malformed` naming the parameter
 */
export function parseFilter(parameters: FilterParameters): CertificateFilter {
  const search = single(parameters, "q")?.trim() ?? "";
  parseSearch(search);
  const filter: CertificateFilter = {
    search,
    status: values(parameters, "status", isCertificateStatus, CERTIFICATE_STATUSES),
    kind: values(parameters, "kind", isKind, CERTIFICATE_KINDS),
    issuer: values(parameters, "issuer"),
    profile: values(parameters, "profile", isSlug),
    algorithm: values(parameters, "algorithm"),
    owner: values(parameters, "owner"),
    tag: values(parameters, "tag"),
    source: values(parameters, "source"),
    risk: values(parameters, "risk", isRisk, RISK_CODES),
    expiresFrom: timeOf(parameters, "expires-from", "00:00:00"),
    expiresTo: timeOf(parameters, "expires-to", "23:59:59"),
  };
  if (filter.expiresFrom !== null && filter.expiresTo !== null && filter.expiresTo < filter.expiresFrom) {
    throw malformed("expires-to", "filter.range", "expires-to is earlier than expires-from.");
  }
  return filter;
}

/** The filter as parameters of an address, in a fixed order: the same filter gives the same address. */
export function filterParameters(filter: CertificateFilter): URLSearchParams {
  const parameters = new URLSearchParams();
  if (filter.search !== "") parameters.append("q", filter.search);
  for (const field of FILTER_LISTS) {
    for (const value of [...new Set<string>(filter[field])].sort()) parameters.append(field, value);
  }
  if (filter.expiresFrom !== null) {
    parameters.append("expires-from", timeText(filter.expiresFrom, "T00:00:00Z"));
  }
  if (filter.expiresTo !== null) parameters.append("expires-to", timeText(filter.expiresTo, "T23:59:59Z"));
  return parameters;
}

/** Whether any certificate passes. */
export function isEveryCertificate(filter: CertificateFilter): boolean {
  return filterParameters(filter).size === 0;
}

function isKind(text: string): text is CertificateKind {
  return (CERTIFICATE_KINDS as readonly string[]).includes(text);
}

function isSlug(text: string): text is string {
  return isReference(text);
}

/** What no database text can be compared with: PostgreSQL refuses a NUL, UTF-8 has no half characters. */
const UNWRITABLE = /\0|\p{Surrogate}/u;

function all(parameters: FilterParameters, name: string): string[] {
  const given = parameters[name];
  const texts = given === undefined ? [] : typeof given === "string" ? [given] : given;
  for (const text of texts) {
    if (UNWRITABLE.test(text)) {
      throw malformed(name, "filter.text", `${name} holds a NUL or half a character.`);
    }
  }
  return texts;
}

/** The value of a parameter that is given once at most. */
export function single(parameters: FilterParameters, name: string): string | undefined {
  const given = all(parameters, name);
  if (given.length > 1) throw malformed(name, "filter.once", `${name} can be given once only.`);
  return given[0];
}

function values<T extends string = string>(
  parameters: FilterParameters,
  name: string,
  isOne: (text: string) => text is T = (text): text is T => text.length <= VALUE_MAX,
  known?: readonly T[],
): T[] {
  const given = [...new Set(all(parameters, name))];
  if (given.length > VALUES_MAX) {
    throw malformed(name, "filter.count", `${name} is given more than ${VALUES_MAX} times.`);
  }
  return given.map((text) => {
    if (isOne(text)) return text;
    const rule = known === undefined ? "is no such value" : `must be one of ${known.join(", ")}`;
    throw malformed(name, "filter.value", `${name}: ${shown(text)} ${rule}.`);
  });
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** The year 0 is none, and PostgreSQL takes none. */
const DATE = /^(?!0000)\d{4}-\d{2}-\d{2}$/;
const TIME = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.0+)?Z$/;

function timeOf(parameters: FilterParameters, name: string, ofDay: string): Date | null {
  const text = single(parameters, name);
  if (text === undefined || text === "") return null;
  const whole = DATE.test(text) ? `${text}T${ofDay}Z` : text;
  const time = new Date(TIME.test(whole) ? whole : Number.NaN);
  // 30 February becomes 2 March when it is read.
  if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== text.slice(0, 10)) {
    const detail = `${name} must be a date such as 2026-12-31, or a time such as 2026-12-31T12:00:00Z.`;
    throw malformed(name, "filter.time", detail);
  }
  return time;
}

function timeText(time: Date, whole: string): string {
  const text = `${time.toISOString().slice(0, 19)}Z`;
  return text.endsWith(whole) ? text.slice(0, 10) : text;
}
