import { readFileSync } from "node:fs";
import { certificatesOfPem, type InventoryCertificate } from "#lib/handshake/inventory-in-memory.ts";
import type { Observation } from "#lib/handshake/observation.ts";
import { parserOf } from "#lib/handshake/parsers.ts";
import { type CorpusRow, corpusRows } from "#lib/handshake/testdata/corpus.ts";
import { movedTimes } from "#lib/handshake/testdata/replacement.ts";
import { decodePem, encodePem } from "#lib/x509/pem.ts";

/** The proxies of the test data. */
export const KINDS = ["nginx", "haproxy", "apache", "caddy"] as const satisfies CorpusRow["proxy"][];

/** Handshakes that real proxies refused, as many different clients of an installation would have them. */
export interface Traffic {
  /** PEM of all certificates of those clients, of their authorities, and of the servers. */
  certificates: string;
  /** Lines of one more handshake. @param kind of proxy that writes them */
  refused(kind: CorpusRow["proxy"], at: number): string[];
  /** The same of one that went well: one line of an access log. */
  accepted(kind: CorpusRow["proxy"], at: number): string[];
  /** Of somebody who has a new name each time. */
  scanned(kind: CorpusRow["proxy"], at: number): string[];
}

/** When the lines came. */
const RECEIVED = Date.parse("2026-11-21T23:20:00Z");

interface Template {
  lines: readonly string[];
  /** What each of the lines has to be replaced of: the certificate that the client presents. */
  leaf: Leaf | null;
  /** When the first of them was written. */
  writtenAt: number;
  ports: readonly string[];
  connections: readonly string[];
}

interface Leaf {
  certificate: InventoryCertificate;
  copies: readonly InventoryCertificate[];
}

const file = (name: string) =>
  readFileSync(new URL(`../lib/handshake/testdata/${name}`, import.meta.url)).toString();

/**
 * Lines of the test data with other names, serial numbers, fingerprints, addresses, ports and times.
 *
 * @param clients how many there are of each that the test data have
 */
export function handshakeTraffic(clients: number): Traffic {
  const pem = file("certificates.pem") + file("trusted-roots.pem");
  const ders = decodePem(pem, { field: "certificates", allowComments: true }).map(({ der }) => der);
  const leaves: Leaf[] = [];
  const copies: string[] = [];
  for (const der of ders) {
    const [certificate] = certificatesOfPem(encodePem("CERTIFICATE", der), null);
    if (certificate === undefined || certificate.isAuthority) continue;
    const texts = Array.from({ length: clients }, (_, number) =>
      encodePem("CERTIFICATE", copyOf(der, certificate, number)),
    );
    copies.push(...texts);
    leaves.push({ certificate, copies: certificatesOfPem(texts.join(""), null) });
  }
  const templates = Map.groupBy(
    corpusRows().filter(({ format }) => format === "recommended"),
    (row) => `${row.proxy} ${row.outcome}`,
  );
  const of = new Map(
    [...templates].map(([key, rows]) => {
      const handshakes = Map.groupBy(rows, ({ scenario, tls }) => `${scenario} ${tls}`);
      return [key, [...handshakes.values()].map((each) => template(each, leaves))];
    }),
  );
  let count = 0;
  const next = (
    key: string,
    at: number,
    client: (of: Leaf) => InventoryCertificate,
    isAny = (_: Template) => true,
  ) => {
    const all = (of.get(key) ?? []).filter(isAny);
    const from = all[Math.floor(random(count) * all.length)];
    if (from === undefined) throw new Error(`there are no lines of ${key}`);
    return written(from, count++, at, client);
  };
  const known = ({ copies: all, certificate }: Leaf) =>
    all[Math.floor(random(count + 7) * all.length)] ?? certificate;
  return {
    certificates: pem + copies.join(""),
    refused: (kind, at) => next(`${kind} rejected`, at, known),
    accepted: (kind, at) => next(`${kind} accepted`, at, known),
    scanned: (kind, at) =>
      next(
        `${kind} rejected`,
        at,
        ({ certificate }) => ({
          ...certificate,
          name: renamed(certificate.name, count),
          serial: hexOf(count, certificate.serial.length),
          sha1: hexOf(count, 40),
          sha256: hexOf(count, 64),
        }),
        ({ leaf }) => leaf !== null,
      ),
  };
}

/** The same certificate of another name and serial number, which are as long; nobody looks at its signature. */
function copyOf(der: Uint8Array, { name, serial }: InventoryCertificate, number: number): Uint8Array {
  let text = Buffer.from(der).toString("latin1");
  text = text.replaceAll(name, renamed(name, number));
  const octets = Buffer.from(serial.padStart(serial.length + (serial.length % 2), "0"), "hex");
  const other = Buffer.from(octets);
  other.writeUInt16BE((other.readUInt16BE(other.length - 2) + number + 1) & 0x7fff, other.length - 2);
  const at = text.indexOf(octets.toString("latin1"));
  text = text.slice(0, at) + other.toString("latin1") + text.slice(at + octets.length);
  return Buffer.from(text, "latin1");
}

function renamed(name: string, number: number): string {
  const dot = name.indexOf(".");
  return number.toString(36).padStart(dot, "x").slice(-dot) + name.slice(dot);
}

function hexOf(number: number, length: number): string {
  return (number + 1).toString(16).padStart(length, "7c3a5b");
}

function template(rows: readonly CorpusRow[], leaves: readonly Leaf[]): Template {
  const observations: Observation[] = rows.flatMap(({ proxy, lines }) =>
    lines.flatMap((line) => {
      const parsed = parserOf(proxy)(line, { receivedAt: RECEIVED });
      return parsed.kind === "observation" ? [parsed.observation] : [];
    }),
  );
  const seen = observations.flatMap(({ certificate }) => (certificate === null ? [] : [certificate]));
  const leaf = leaves.find(({ certificate: { sha1, sha256, serial } }) =>
    seen.some((each) => each.sha1 === sha1 || each.sha256 === sha256 || each.serial === serial),
  );
  const keys = (kind: string, pattern: RegExp) => [
    ...new Set(
      observations.flatMap(({ keys: all }) =>
        all.filter((key) => key.startsWith(kind)).flatMap((key) => pattern.exec(key)?.[0] ?? []),
      ),
    ),
  ];
  return {
    lines: rows.flatMap(({ lines }) => lines),
    leaf: leaf ?? null,
    writtenAt: observations.find(({ at }) => at !== null)?.at ?? RECEIVED,
    ports: keys("peer ", /\d+$/),
    connections: keys("connection ", /\S+$/),
  };
}

function written(
  { lines, leaf, writtenAt, ports, connections }: Template,
  number: number,
  at: number,
  client: (of: Leaf) => InventoryCertificate,
): string[] {
  const from = leaf?.certificate;
  const to = leaf === null ? undefined : client(leaf);
  const address = `10.${(number >> 6) & 255}.${(number >> 2) & 3}.${1 + (number % 4)}`;
  return lines.map((line) => {
    let text = movedTimes(line, at - writtenAt);
    if (from !== undefined && to !== undefined) {
      text = text.replaceAll(from.name, to.name);
      for (const hex of ["sha1", "sha256", "serial"] as const) {
        text = text.replaceAll(from[hex], to[hex]);
        text = text.replaceAll(from[hex].toUpperCase(), to[hex].toUpperCase());
      }
      text = text.replaceAll(`${BigInt(`0x${from.serial}`)}`, `${BigInt(`0x${to.serial}`)}`);
    }
    for (const port of ports)
      text = text.replace(new RegExp(`(?<=[:"])${port}\\b`, "g"), String(1_024 + (number % 60_000)));
    for (const connection of connections) text = ofConnection(text, connection, number);
    return text.replaceAll("127.0.0.1", address);
  });
}

/** nginx counts them; Apache has words for them. */
function ofConnection(line: string, connection: string, number: number): string {
  if (!/^\d+$/.test(connection)) {
    return line.replaceAll(connection, number.toString(36).padStart(connection.length, "A"));
  }
  return line
    .replace(`*${connection} `, `*${number} `)
    .replace(`"connection":"${connection}"`, `"connection":"${number}"`);
}

/** A number between 0 and 1 that belongs to another. */
function random(number: number): number {
  let mixed = Math.imul(number + 0x6d2b79f5, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 4_294_967_296;
}
