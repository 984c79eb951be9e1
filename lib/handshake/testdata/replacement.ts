import type { InventoryCertificate, InventoryCrl } from "#lib/handshake/inventory-in-memory.ts";

/** The same inventory and the same lines in another world: other names, serial numbers, dates, ports and addresses. */
export interface Replacement {
  certificates: InventoryCertificate[];
  crls: InventoryCrl[];
  line(line: string): string;
  /** Moments are all moved by the same span. */
  moved(moment: number): number;
}

/**
 * Replaces everything that belongs to one installation, consistently: what was equal stays equal, what was before
 * stays before.
 *
 * @param seed the same one gives the same world
 */
export function replacement(
  certificates: readonly InventoryCertificate[],
  crls: readonly InventoryCrl[],
  seed: number,
): Replacement {
  const random = randomNumbers(seed);
  const span = DAY * Math.floor(200 + random() * 900) + 1_000 * Math.floor(random() * 80_000);
  const words = invented(random);
  const ports = new Map<string, string>();
  const names = new Map<string, string>();
  const numbers = new Map<string, string>();
  const other = (known: Map<string, string>, key: string, make: () => string) => {
    const found = known.get(key) ?? make();
    known.set(key, found);
    return found;
  };
  const value = (text: string) => other(names, text.toLowerCase(), () => likeName(text, words));
  const host = (text: string) =>
    text
      .split(".")
      .map((label) => (label === "*" ? label : other(names, `.${label}`, words)))
      .join(".");
  const digits = (hex: string) => other(numbers, hex.toLowerCase(), () => hexLike(hex.length, random));
  // Some write a serial number with a zero in front.
  const knownForm = (text: string) => (numbers.has(text.toLowerCase()) ? text : text.replace(/^0+(?=.)/, ""));
  const port = (text: string) => other(ports, text, () => String(10_000 + Math.floor(random() * 50_000)));

  for (const { sha1, sha256, serial } of certificates) for (const hex of [sha1, sha256, serial]) digits(hex);
  const hosts = certificates.flatMap(({ names: all }) =>
    all.filter((name) => name.startsWith("dns:")).map((name) => name.slice(4)),
  );
  const domains = [...new Set(hosts.map((name) => name.split(".").slice(-2).join(".")))];
  const values = [
    ...new Set(certificates.flatMap(({ subject, issuer }) => valuesOf(subject).concat(valuesOf(issuer)))),
  ]
    .filter((text) => !domains.some((domain) => text.endsWith(domain)))
    .sort((a, b) => b.length - a.length);
  const inLine = [
    alternatives(domains, (each) => `(?:\\*\\.|(?:[a-z0-9-]+\\.)+)?${each}`, "gi", host),
    alternatives(
      values,
      (each) => `${each.includes(" ") ? '(?<=[="])' : "(?<==)"}${each}(?=["/,\\\\\\]]| /|$)`,
      "gi",
      value,
    ),
    alternatives(
      [...numbers.keys()],
      (each) => `(?<![0-9a-z])0*${each}(?![0-9a-z])`,
      "gi",
      (text) => caseLike(text, digits(knownForm(text))),
    ),
    // Go writes serial numbers in decimal.
    (line: string) =>
      line.replace(/(?<="client_serial":")\d{1,60}(?=")/g, (text) => {
        const hex = BigInt(text).toString(16);
        return numbers.has(hex) ? BigInt(`0x${digits(hex)}`).toString() : text;
      }),
    (line: string) => line.replace(/(?<=127\.0\.0\.1:|_port":"|server: :)\d{2,5}\b/g, port),
    (line: string) => line.replaceAll("127.0.0.1", "198.51.100.23"),
    (line: string) => movedTimes(line, span),
  ];
  const nameOf = (comparable: string) =>
    comparable
      .split("\n")
      .map((attribute) => {
        const equals = attribute.indexOf("=") + 1;
        const text = attribute.slice(equals);
        const isHost = domains.some((domain) => text.endsWith(domain));
        return attribute.slice(0, equals) + (isHost ? host(text) : value(text)).toLowerCase();
      })
      .sort()
      .join("\n");
  return {
    certificates: certificates.map((certificate) => ({
      ...certificate,
      name: domains.some((domain) => certificate.name.endsWith(domain))
        ? host(certificate.name)
        : value(certificate.name),
      subject: nameOf(certificate.subject),
      issuer: nameOf(certificate.issuer),
      serial: digits(certificate.serial),
      sha1: digits(certificate.sha1),
      sha256: digits(certificate.sha256),
      notBefore: certificate.notBefore + span,
      notAfter: certificate.notAfter + span,
      names: certificate.names.map((name) => (name.startsWith("dns:") ? `dns:${host(name.slice(4))}` : name)),
    })),
    crls: crls.map((crl) => ({
      issuer: nameOf(crl.issuer),
      thisUpdate: crl.thisUpdate + span,
      nextUpdate: crl.nextUpdate === null ? null : crl.nextUpdate + span,
      revoked: crl.revoked.map((entry) => ({
        ...entry,
        serial: digits(entry.serial),
        since: entry.since + span,
      })),
    })),
    line: (line) => inLine.reduce((text, replace) => replace(text), line),
    moved: (moment) => moment + span,
  };
}

const DAY = 86_400_000;

/** Mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Words that nobody has used, each another one. */
function invented(random: () => number): () => string {
  const used = new Set<string>();
  return () => {
    for (;;) {
      const syllables = Array.from(
        { length: 3 },
        () => pick("bdfgklmnprstvz", random) + pick("aeiou", random),
      );
      const word = syllables.join("");
      if (!used.has(word)) {
        used.add(word);
        return word;
      }
    }
  };
}

const pick = (letters: string, random: () => number) => letters[Math.floor(random() * letters.length)] ?? "";

/** As many words as the name has, beginning with capitals. */
function likeName(text: string, words: () => string): string {
  return text
    .split(" ")
    .map(() => words().replace(/^./, (letter) => letter.toUpperCase()))
    .join(" ");
}

/** The first digit keeps the number positive and free of leading zeros. */
function hexLike(length: number, random: () => number): string {
  return Array.from({ length }, (_, index) =>
    index === 0 ? pick("1234567", random) : pick("0123456789abcdef", random),
  ).join("");
}

function caseLike(like: string, text: string): string {
  const padded = like.length > text.length ? text.padStart(like.length, "0") : text;
  return /[A-F]/.test(like) || !/[a-f]/.test(like) ? padded.toUpperCase() : padded;
}

function valuesOf(comparable: string): string[] {
  return comparable.split("\n").map((attribute) => attribute.slice(attribute.indexOf("=") + 1));
}

function alternatives(
  texts: readonly string[],
  around: (escaped: string) => string,
  flags: string,
  replace: (text: string) => string,
): (line: string) => string {
  const pattern = texts.map((text) => around(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))).join("|");
  const expression = new RegExp(pattern, flags);
  return (line) => line.replace(expression, replace);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number: number) => String(number).padStart(2, "0");

/** Every form of a time in these logs, with the way to write it back. */
const FORMS: readonly [
  form: RegExp,
  read: (parts: string[]) => number,
  write: (date: Date, parts: string[]) => string,
][] = [
  [
    /\b(\d{4})([/-])(\d{2})[/-](\d{2})([ T])(\d{2}):(\d{2}):(\d{2})/g,
    ([y, , m, d, , h, i, s]) =>
      Date.UTC(Number(y), Number(m) - 1, Number(d), Number(h), Number(i), Number(s)),
    (date, [, slash, , , gap]) => `${clockless(date, slash ?? "-")}${gap}${date.toISOString().slice(11, 19)}`,
  ],
  [
    /\b(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})/g,
    ([d, m, y, h, i, s]) =>
      Date.UTC(Number(y), MONTHS.indexOf(m ?? ""), Number(d), Number(h), Number(i), Number(s)),
    (date) =>
      `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)}`,
  ],
  [
    /\b([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2})( \d{4} GMT)?/g,
    ([m, d, h, i, s, y]) =>
      Date.UTC(
        Number((y ?? " 2026").slice(1, 5)),
        MONTHS.indexOf(m ?? ""),
        Number(d),
        Number(h),
        Number(i),
        Number(s),
      ),
    (date, [, , , , , y]) =>
      `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, " ")} ${date.toISOString().slice(11, 19)}${y === undefined ? "" : ` ${date.getUTCFullYear()} GMT`}`,
  ],
  [
    /(?<=not(?:before|after)=)(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z/g,
    ([y, m, d, h, i, s]) =>
      Date.UTC(2000 + Number(y), Number(m) - 1, Number(d), Number(h), Number(i), Number(s)),
    (date) => `${date.toISOString().slice(2, 19).replace(/[-T:]/g, "")}Z`,
  ],
  [
    /(?<="(?:ts|expiration)":|"msec":")(1\d{9})/g,
    ([seconds]) => Number(seconds) * 1_000,
    (date) => String(Math.floor(date.getTime() / 1_000)),
  ],
];

const clockless = (date: Date, slash: string) => date.toISOString().slice(0, 10).replaceAll("-", slash);

/** The same line, written by that many milliseconds later. */
export function movedTimes(line: string, span: number): string {
  let text = line;
  for (const [form, read, write] of FORMS) {
    text = text.replace(form, (_, ...rest) => {
      const parts = rest.slice(
        0,
        rest.findIndex((part) => typeof part === "number"),
      );
      return write(new Date(read(parts) + span), parts);
    });
  }
  return text;
}
