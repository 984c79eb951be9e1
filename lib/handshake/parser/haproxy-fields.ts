/** What HAProxy's fetches said in a line of the recommended format, or of `option httpslog`. */
export interface HaproxyFields {
  /** Null for what is not there, empty, or `-`. */
  get(name: HaproxyField): string | null;
  /** Whether something in the line may pretend to be another field: then no identity in it counts. */
  forged: boolean;
}

export type HaproxyField = (typeof NAMES)[number];

const NAMES = [
  "fc_err",
  "fc_err_str",
  "ssl_fc_err",
  "ssl_fc_err_str",
  "ssl_c_used",
  "ssl_c_err",
  "ssl_c_ca_err",
  "ssl_c_ca_err_depth",
  "sni",
  "alpn",
  "ver",
  "cipher",
  "resumed",
  "s_dn",
  "i_dn",
  "serial",
  "sha1",
  "sha256",
  "notbefore",
  "notafter",
  "bc_err",
  "bc_err_str",
  "ssl_bc_err",
  "ssl_bc_err_str",
  "ssl_bc",
  "ssl_bc_protocol",
] as const;

const KNOWN: ReadonlySet<string> = new Set(NAMES);
const FIELD = / ([a-z][a-z0-9_]{1,30})=/g;

/**
 * Reads ` name=value` and ` name="value"`. HAProxy does not escape quotes in a value, so one ends where a quote is
 * followed by another field or the end of the line. A client can write that into its own subject, which gives a field
 * twice: the first counts, as its own errors stand before any subject.
 */
export function haproxyFields(text: string): HaproxyFields {
  const values = new Map<string, string | null>();
  const starts = [...text.matchAll(FIELD)].filter(([, name = ""]) => KNOWN.has(name));
  let forged = false;
  for (let index = 0; index < starts.length; index++) {
    const [whole = "", name = ""] = starts[index] ?? [];
    const from = (starts[index]?.index ?? 0) + whole.length;
    let end = starts[index + 1]?.index ?? text.length;
    if (text[from] === '"') {
      // A field inside of a quoted value is none.
      while (end < text.length && (text[end - 1] !== '"' || end - 1 === from)) {
        index++;
        end = starts[index + 1]?.index ?? text.length;
      }
    }
    if (values.has(name)) forged = true;
    else values.set(name, fieldValue(text.slice(from, end), end === text.length));
  }
  return { get: (name) => values.get(name) ?? null, forged };
}

/** HAProxy cuts lines at 1,024 bytes unless told otherwise: half a value is none. */
function fieldValue(raw: string, isLast: boolean): string | null {
  if (raw.startsWith('"')) {
    const closed = raw.length > 1 && raw.trimEnd().endsWith('"');
    return closed ? raw.trimEnd().slice(1, -1) || null : null;
  }
  const word = raw.split(" ", 1)[0] ?? "";
  const whole = !isLast || raw.length > word.length || WHOLE.test(word);
  return whole && word !== "-" ? word || null : null;
}

/** Values whose end can be told from themselves: times, digests, versions, and numbers of errors. */
const WHOLE = /^(?:\d{12,14}Z|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|TLSv1\.\d|\d{1,3})$/;

const SUMMARY =
  /^ ?(-|\d{1,5})\/(-|[0-9A-Fa-f]{1,16})\/(-|\d{1,5})\/(-|\d{1,5})\/([-01]) ([^\s/]{0,255})\/([^\s/]{1,20})\/(\S{1,80})/;

/** `34/000000000A0000C7/0/0/0 a.example/TLSv1.3/…`, with which lines of `option httpslog` end. */
export function httpsLogFields(text: string): HaproxyFields | null {
  const [whole, fcErr, sslFcErr, cErr, caErr, , sni, ver, cipher] = SUMMARY.exec(text) ?? [];
  if (whole === undefined) return null;
  const values: Partial<Record<HaproxyField, string | undefined>> = {
    fc_err: fcErr,
    ssl_fc_err: sslFcErr,
    ssl_c_err: cErr,
    ssl_c_ca_err: caErr,
    sni,
    ver,
    cipher,
  };
  return { get: (name) => (values[name] === "-" ? null : (values[name] ?? null) || null), forged: false };
}

/** The fields before the first that is no error. */
export function errorPart(text: string): string {
  const end = text.search(/ (?:sni|s_dn|ssl_bc)=/);
  return text.slice(0, Math.min(end < 0 ? 300 : end, 300)).trim();
}
