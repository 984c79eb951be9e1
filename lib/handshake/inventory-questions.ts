import { candidateName } from "./candidate-name.ts";
import { comparableName } from "./comparable-name.ts";
import type { Observation, SeenCertificate } from "./observation.ts";

/** What the lines of handshakes make a diagnosis ask the inventory for. */
export interface InventoryQuestions {
  /** Fingerprints, lower-case hex. */
  sha256: ReadonlySet<string>;
  sha1: ReadonlySet<string>;
  /** Lower-case hex without leading zeros. */
  serials: ReadonlySet<string>;
  /** Names that may be those of authorities, of subjects and issuers: as written, by their comparable form. */
  names: ReadonlyMap<string, string>;
  /** Those of them that may be those of others too, and by which certificates have to be looked for. */
  subjects: ReadonlySet<string>;
  /** Common names of authorities, as written. */
  commonNames: ReadonlySet<string>;
  /** Names that clients asked servers for, in lower case. */
  serverNames: ReadonlySet<string>;
  /** Ends of certificates, in milliseconds since 1970. */
  ends: ReadonlySet<number>;
}

/** Caddy names the first second in which a certificate is not valid any longer. */
const END_TOLD_MS = 1_000;

/** A proxy serves fewer; scanners ask for any. */
const SERVER_NAMES_MAX = 200;

/** A line may say any time; certificates end between these (RFC 5280 §4.1.2.5), and databases hold them. */
const EARLIEST = Date.UTC(1950, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59);

/** What has to be gathered before these are diagnosed. @param observations of any number of handshakes */
export function questionsOf(observations: Iterable<Observation>): InventoryQuestions {
  const asked = {
    sha256: new Set<string>(),
    sha1: new Set<string>(),
    serials: new Set<string>(),
    names: new Map<string, string>(),
    subjects: new Set<string>(),
    commonNames: new Set<string>(),
    serverNames: new Set<string>(),
    ends: new Set<number>(),
  };
  const end = (at: number | null | undefined) => {
    if (at != null && at >= EARLIEST && at <= LATEST) asked.ends.add(at);
  };
  const name = (written: string | null, isSearched: boolean) => {
    const comparable = written === null ? null : comparableName(written);
    if (written === null || comparable === null) return;
    if (!asked.names.has(comparable)) asked.names.set(comparable, written);
    if (isSearched) asked.subjects.add(asked.names.get(comparable) ?? written);
  };
  const seen = ({ sha256, sha1, serial, subject, issuer }: SeenCertificate) => {
    if (sha256 !== null) asked.sha256.add(sha256);
    if (sha1 !== null) asked.sha1.add(sha1);
    if (serial !== null) asked.serials.add(serial);
    // Of one name there may be many, of which none is looked at where the line says which one it was.
    name(subject, sha256 === null && sha1 === null && (serial === null || issuer === null));
    name(issuer, true);
  };
  for (const { certificate, served, serverName, finding } of observations) {
    if (serverName !== null && asked.serverNames.size < SERVER_NAMES_MAX)
      asked.serverNames.add(serverName.toLowerCase());
    if (certificate !== null) seen(certificate);
    if (served?.notAfter != null) {
      end(served.notAfter);
      end(served.notAfter - END_TOLD_MS);
    }
    if (finding?.kind !== "verify") continue;
    end(finding.failedAt);
    const candidate = candidateName(finding.words);
    if (candidate !== null) asked.commonNames.add(candidate);
  }
  return asked;
}

/** What of it was not asked before; null when that is nothing. @param before as of `askedOf` */
export function unasked(asked: InventoryQuestions, before: ReadonlySet<string>): InventoryQuestions | null {
  const rest = <T extends string | number>(kind: string, all: ReadonlySet<T>) =>
    new Set([...all].filter((each) => !before.has(`${kind} ${each}`)));
  const open: InventoryQuestions = {
    sha256: rest("sha256", asked.sha256),
    sha1: rest("sha1", asked.sha1),
    serials: rest("serial", asked.serials),
    names: new Map([...asked.names].filter(([comparable]) => !before.has(`name ${comparable}`))),
    subjects: rest("subject", asked.subjects),
    commonNames: rest("common", asked.commonNames),
    serverNames: rest("server", asked.serverNames),
    ends: rest("end", asked.ends),
  };
  return Object.values(open).every(({ size }) => size === 0) ? null : open;
}

/** Each question as a text, to be remembered. */
export function* askedOf(asked: InventoryQuestions): Generator<string> {
  for (const each of asked.sha256) yield `sha256 ${each}`;
  for (const each of asked.sha1) yield `sha1 ${each}`;
  for (const each of asked.serials) yield `serial ${each}`;
  for (const each of asked.names.keys()) yield `name ${each}`;
  for (const each of asked.subjects) yield `subject ${each}`;
  for (const each of asked.commonNames) yield `common ${each}`;
  for (const each of asked.serverNames) yield `server ${each}`;
  for (const each of asked.ends) yield `end ${each}`;
}
