import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { z } from "zod";

/**
 * All settings, from the environment or a file of KEY=value lines; the environment wins. Checked
 * once at start; every default is good for trying Countersign on one's own machine.
 */

const port = z.coerce.number().int().min(0).max(65535);
const url = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .transform((text) => text.replace(/\/+$/, ""));
const addressRange = z.string().refine(
  (text) => {
    const [address = "", bits] = text.split("/");
    const family = isIP(address);
    if (family === 0) return false;
    return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  },
  { error: "must be an IP address or a range such as 10.0.0.0/8" },
);
const list = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== ""),
    )
    .pipe(z.array(item));

/** One row per setting: its environment name, schema and what the README says about it. */
export const SETTINGS = {
  COUNTERSIGN_DATA_FOLDER: z
    .string()
    .default("data")
    .describe("Folder of the SQLite database and the master-key file; relative to the project."),
  DATABASE_URL: z
    .string()
    .refine((text) => /^(postgres(ql)?:\/\/|file:)/.test(text), {
      error: "must begin with postgresql:// (or file: for SQLite)",
    })
    .optional()
    .describe(
      "postgresql://… for PostgreSQL, file:… for SQLite elsewhere; default: SQLite in the data folder.",
    ),
  COUNTERSIGN_MASTER_KEY: z
    .string()
    .optional()
    .describe("Master key, 32 bytes in base64 or hex. Encrypts every private key that is kept."),
  COUNTERSIGN_MASTER_KEY_FILE: z
    .string()
    .optional()
    .describe(
      "File that holds the master key. Default with SQLite: master.key in the data folder, made at first start.",
    ),
  COUNTERSIGN_CONSOLE_ADDRESS: z
    .string()
    .default("127.0.0.1")
    .describe(
      "Address of the console. On any other than loopback it is https only, unless a proxy is trusted.",
    ),
  COUNTERSIGN_CONSOLE_PORT: port.default(3000).describe("Port of the console."),
  COUNTERSIGN_PROTOCOL_ADDRESS: z
    .string()
    .default("::")
    .describe("Address of the protocol plane (all of its ports); :: means every interface."),
  COUNTERSIGN_HTTP_PORT: port
    .default(3080)
    .describe("Protocol plane, http: issuer certificates, health, metrics."),
  COUNTERSIGN_HTTPS_PORT: port
    .default(3443)
    .describe("Protocol plane, https: REST API, decisions, allowlists."),
  COUNTERSIGN_PUBLIC_URL: url
    .optional()
    .describe("URL at which people reach the console; feeds links, passkeys and allowed origins."),
  COUNTERSIGN_PROTOCOL_URL: url
    .optional()
    .describe(
      "http URL at which relying parties reach port 3080; printed into certificates of new authorities. Proxies are told to reach the https port at the same name.",
    ),
  COUNTERSIGN_LISTENER_NAMES: list(z.string())
    .default([])
    .describe(
      "Further DNS names and IP addresses, comma-separated, in the certificate of our own listeners.",
    ),
  COUNTERSIGN_TRUSTED_PROXIES: list(addressRange)
    .default([])
    .describe(
      "Addresses or ranges, comma-separated, of reverse proxies in front of the console whose X-Forwarded-* headers count.",
    ),
  COUNTERSIGN_DECISION_HOURS: z.coerce
    .number()
    .positive()
    .max(8760)
    .default(24)
    .describe(
      "How long decisions about clients go on being made as things last were when the database cannot be reached, in hours.",
    ),
  COUNTERSIGN_DECISION_SOCKET: z
    .string()
    .optional()
    .describe(
      "Path of a unix socket on which proxies of this machine may ask for decisions without TLS, with their token all the same; default: none.",
    ),
  COUNTERSIGN_SYSLOG_PORT: port
    .optional()
    .describe("Port on which proxies send their logs by syslog over TLS, as 6514; default: none."),
  COUNTERSIGN_SYSLOG_PLAIN_PORT: port
    .optional()
    .describe("The same over TCP without TLS, for proxies of this machine; default: none."),
  COUNTERSIGN_SYSLOG_UDP_PORT: port
    .optional()
    .describe("The same over UDP, which loses lines when there are many; default: none."),
  COUNTERSIGN_SYSLOG_RANGES: list(addressRange)
    .default([])
    .describe(
      "Addresses or ranges, comma-separated, besides this machine's own, whose syslog without TLS is believed to come from the proxy whose short name stands in it as host or application.",
    ),
  COUNTERSIGN_FETCH_RANGES: list(addressRange)
    .default([])
    .describe(
      "Addresses or ranges, comma-separated, that CRLs of others may be fetched from besides ports 80 and 443 of public addresses. Never link-local and metadata addresses.",
    ),
  COUNTERSIGN_CRL_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .max(2160)
    .default(72)
    .describe("Life of a CRL, replaced at half of it; 90 days for authorities that issue authorities only."),
  COUNTERSIGN_CRL_SECONDS: z.coerce
    .number()
    .int()
    .min(10)
    .max(86_400)
    .optional()
    .describe(
      "For tests: life of every CRL in seconds. Whoever misses one new CRL then refuses all clients.",
    ),
  COUNTERSIGN_LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error"])
    .default("info")
    .describe("Least severe level that is logged."),
  COUNTERSIGN_PLANES: list(z.enum(["console", "protocol"]))
    .default(["console", "protocol"])
    .describe("Which planes this instance starts."),
} as const satisfies Record<string, z.ZodType>;

/** Checked settings. */
export interface Config {
  /** Absolute path of the project. */
  root: string;
  dataFolder: string;
  database: { provider: "sqlite"; file: string } | { provider: "postgresql"; url: string };
  masterKey: { text: string } | { file: string; create: boolean };
  console: { address: string; port: number; https: boolean };
  protocol: { address: string; httpPort: number; httpsPort: number };
  /** Ports that take syslog, null for none; and from where a proxy's name without proof counts. */
  syslog: { tlsPort: number | null; plainPort: number | null; udpPort: number | null; ranges: string[] };
  /** Where people reach the console. */
  publicUrl: string;
  /** Where relying parties reach the http port. */
  protocolUrl: string;
  /** Seconds that a CRL lives: of authorities that issue to end entities, and of those above them. */
  crlLife: { endEntities: number; authorities: number };
  listenerNames: string[];
  trustedProxies: string[];
  /** Where fetches may go besides public addresses. */
  fetchRanges: string[];
  /** Seconds for which decisions are made without the database. */
  decisionMaxAgeSeconds: number;
  /** Absolute path of the socket for decisions; null for none. */
  decisionSocket: string | null;
  logLevel: "trace" | "debug" | "info" | "warn" | "error";
  planes: ("console" | "protocol")[];
}

/** A setting that cannot be used: one sentence that names it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** What an authority of authorities issued is revoked once in years, and its relying parties are hard to reach. */
const AUTHORITY_CRL_SECONDS = 90 * 86_400;

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/**
 * Checks settings.
 *
 * @param environment the process's environment
 * @param root absolute path of the project; relative paths start here
 * @throws ConfigError naming the first setting that is wrong
 */
export function loadConfig(environment: Record<string, string | undefined>, root: string): Config {
  const values = { ...readSettingsFile(environment, root), ...definedOnly(environment) };
  for (const name of Object.keys(values)) {
    if (name.startsWith("COUNTERSIGN_") && !(name in SETTINGS) && !INTERNAL.has(name)) {
      throw new ConfigError(`There is no setting ${name}; the README lists all of them.`);
    }
  }
  const parsed = z.object(SETTINGS).safeParse(values);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(`The setting ${String(issue?.path[0])} cannot be used: ${issue?.message}.`);
  }
  const s = parsed.data;
  const dataFolder = resolve(root, s.COUNTERSIGN_DATA_FOLDER);
  const database = databaseOf(s.DATABASE_URL, dataFolder, root);
  const loopback = LOOPBACK.has(s.COUNTERSIGN_CONSOLE_ADDRESS);
  const https = !loopback && s.COUNTERSIGN_TRUSTED_PROXIES.length === 0;
  const shownHost = loopback ? "localhost" : hostOf(s.COUNTERSIGN_CONSOLE_ADDRESS);
  return {
    root,
    dataFolder,
    database,
    masterKey: masterKeyOf(s, database, dataFolder, root),
    console: { address: s.COUNTERSIGN_CONSOLE_ADDRESS, port: s.COUNTERSIGN_CONSOLE_PORT, https },
    protocol: {
      address: s.COUNTERSIGN_PROTOCOL_ADDRESS,
      httpPort: s.COUNTERSIGN_HTTP_PORT,
      httpsPort: s.COUNTERSIGN_HTTPS_PORT,
    },
    syslog: {
      tlsPort: s.COUNTERSIGN_SYSLOG_PORT ?? null,
      plainPort: s.COUNTERSIGN_SYSLOG_PLAIN_PORT ?? null,
      udpPort: s.COUNTERSIGN_SYSLOG_UDP_PORT ?? null,
      ranges: s.COUNTERSIGN_SYSLOG_RANGES,
    },
    publicUrl:
      s.COUNTERSIGN_PUBLIC_URL ?? `${https ? "https" : "http"}://${shownHost}:${s.COUNTERSIGN_CONSOLE_PORT}`,
    protocolUrl: s.COUNTERSIGN_PROTOCOL_URL ?? `http://localhost:${s.COUNTERSIGN_HTTP_PORT}`,
    crlLife: {
      endEntities: s.COUNTERSIGN_CRL_SECONDS ?? s.COUNTERSIGN_CRL_HOURS * 3600,
      authorities: s.COUNTERSIGN_CRL_SECONDS ?? AUTHORITY_CRL_SECONDS,
    },
    listenerNames: s.COUNTERSIGN_LISTENER_NAMES,
    trustedProxies: s.COUNTERSIGN_TRUSTED_PROXIES,
    fetchRanges: s.COUNTERSIGN_FETCH_RANGES,
    decisionMaxAgeSeconds: Math.round(s.COUNTERSIGN_DECISION_HOURS * 3600),
    decisionSocket:
      s.COUNTERSIGN_DECISION_SOCKET === undefined ? null : resolve(root, s.COUNTERSIGN_DECISION_SOCKET),
    logLevel: s.COUNTERSIGN_LOG_LEVEL,
    planes: s.COUNTERSIGN_PLANES,
  };
}

/** Names with our prefix that are no settings: what our own processes tell each other. */
const INTERNAL = new Set([
  "COUNTERSIGN_SETTINGS_FILE",
  "COUNTERSIGN_ROOT",
  "COUNTERSIGN_SOAK",
  "COUNTERSIGN_SEED",
  "COUNTERSIGN_ALLOWED_ORIGIN",
  "COUNTERSIGN_BUILD_ID",
]);

function readSettingsFile(environment: Record<string, string | undefined>, root: string) {
  const named = environment.COUNTERSIGN_SETTINGS_FILE;
  const file = resolve(root, named ?? "countersign.env");
  if (!existsSync(file)) {
    if (named !== undefined) throw new ConfigError(`The settings file ${file} does not exist.`);
    return {};
  }
  return definedOnly(parseEnv(readFileSync(file, "utf8")));
}

/** An empty value means "not set", as in most compose files. */
function definedOnly(values: Record<string, string | undefined>): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) if (value) defined[name] = value;
  return defined;
}

function databaseOf(text: string | undefined, dataFolder: string, root: string): Config["database"] {
  if (text === undefined) return { provider: "sqlite", file: resolve(dataFolder, "countersign.sqlite") };
  if (text.startsWith("file:")) return { provider: "sqlite", file: resolve(root, text.slice(5)) };
  if (!URL.canParse(text)) {
    throw new ConfigError("The setting DATABASE_URL cannot be used: it is not a valid URL.");
  }
  return { provider: "postgresql", url: text };
}

function masterKeyOf(
  s: { COUNTERSIGN_MASTER_KEY?: string | undefined; COUNTERSIGN_MASTER_KEY_FILE?: string | undefined },
  database: Config["database"],
  dataFolder: string,
  root: string,
): Config["masterKey"] {
  if (s.COUNTERSIGN_MASTER_KEY !== undefined) return { text: s.COUNTERSIGN_MASTER_KEY };
  if (s.COUNTERSIGN_MASTER_KEY_FILE !== undefined) {
    return { file: resolve(root, s.COUNTERSIGN_MASTER_KEY_FILE), create: false };
  }
  // Several instances share one PostgreSQL; a file made silently by each of them would differ.
  if (database.provider === "postgresql") {
    throw new ConfigError(
      "With PostgreSQL the master key must be named: set COUNTERSIGN_MASTER_KEY or COUNTERSIGN_MASTER_KEY_FILE.",
    );
  }
  return { file: resolve(dataFolder, "master.key"), create: true };
}

/** An address as the host of a URL; "every interface" is no place to go to, this machine's name is. */
function hostOf(address: string): string {
  if (address === "0.0.0.0" || address === "::") return hostname().toLowerCase();
  return address.includes(":") ? `[${address}]` : address;
}

let loaded: Config | undefined;

/**
 * The process's settings, read on first use.
 *
 * @throws ConfigError when a setting cannot be used
 */
export function config(): Config {
  loaded ??= loadConfig(process.env, process.env.COUNTERSIGN_ROOT ?? process.cwd());
  return loaded;
}
