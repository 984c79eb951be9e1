import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { type Config, ConfigError } from "#lib/config.ts";

/**
 * The master key and what is derived from it. Sealing is envelope encryption: each secret has a
 * data key of its own, and only that data key is encrypted under the master key, so that a later
 * change of the master key rewraps small records and touches no secret.
 */

/** What a derived key is for; each use has its own key. */
export type KeyPurpose = "seal" | "sign-in" | "server-actions" | "check" | "backup";

export interface MasterKey {
  /** Where it came from, for the console's warning: "environment", "file" or "made" (a file made by us). */
  readonly origin: "environment" | "file" | "made";
  /** 32 bytes for one purpose (HKDF-SHA-256, RFC 5869). */
  derive(purpose: KeyPurpose): Uint8Array;
  /**
   * Encrypts a secret with AES-256-GCM.
   *
   * @param secret the bytes to keep
   * @param boundTo what the secret belongs to, e.g. `authority-key:<id>`; opening needs the same
   */
  seal(secret: Uint8Array, boundTo: string): Uint8Array<ArrayBuffer>;
  /** Opens what `seal` made. @throws Error when it was altered or belongs to something else */
  open(sealed: Uint8Array, boundTo: string): Uint8Array;
  /** A value stored in the database that only the same master key produces. */
  check(): string;
}

const FORMAT = 1;
const IV = 12;
const TAG = 16;
const DATA_KEY = 32;

/**
 * Reads the master key, or makes its file at the very first start.
 *
 * @throws ConfigError when it is missing, unreadable, too open or not 32 bytes
 */
export function loadMasterKey(setting: Config["masterKey"]): MasterKey {
  if ("text" in setting) return masterKeyOf(decodeKey(setting.text, "COUNTERSIGN_MASTER_KEY"), "environment");
  if (!existsSync(setting.file)) {
    if (!setting.create) throw new ConfigError(`The master-key file ${setting.file} does not exist.`);
    writeKeyFile(setting.file, randomBytes(32).toString("base64"));
  }
  let text: string;
  let stats: Stats;
  try {
    const descriptor = openSync(setting.file, "r");
    try {
      stats = fstatSync(descriptor);
      text = readFileSync(descriptor, "utf8");
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new ConfigError(`The master-key file ${setting.file} cannot be read.`, { cause: error });
  }
  if (isTooOpen(stats, setting.create)) {
    throw new ConfigError(
      `The master-key file ${setting.file} can be read or changed by others: run chmod 600 on it.`,
    );
  }
  return masterKeyOf(decodeKey(text, setting.file), setting.create ? "made" : "file");
}

/**
 * A named file that belongs to root was laid down by systemd, Docker or Kubernetes, which give it 0440, 0444
 * or 0644 inside a mount of its own: that nobody else can write it is all that can be asked there.
 */
function isTooOpen({ mode, uid }: Stats, isOurs: boolean): boolean {
  return (mode & (isOurs || uid !== 0 ? 0o077 : 0o022)) !== 0;
}

/** Builds the derived keys; exported for tests, which pass random bytes. */
export function masterKeyOf(bytes: Uint8Array, origin: MasterKey["origin"]): MasterKey {
  const derive = (purpose: KeyPurpose) =>
    new Uint8Array(hkdfSync("sha256", bytes, new Uint8Array(0), `countersign/1/${purpose}`, 32));
  const wrapping = derive("seal");
  return {
    origin,
    derive,
    seal(secret, boundTo) {
      const dataKey = randomBytes(DATA_KEY);
      return new Uint8Array(
        Buffer.concat([
          Buffer.of(FORMAT),
          encrypt(wrapping, dataKey, `key:${boundTo}`),
          encrypt(dataKey, secret, boundTo),
        ]),
      );
    },
    open(sealed, boundTo) {
      if (sealed[0] !== FORMAT) throw new Error("A sealed secret has an unknown format.");
      const wrapped = 1 + IV + DATA_KEY + TAG;
      const dataKey = decrypt(wrapping, sealed.subarray(1, wrapped), `key:${boundTo}`);
      return decrypt(dataKey, sealed.subarray(wrapped), boundTo);
    },
    check: () => createHmac("sha256", derive("check")).update("countersign").digest("hex"),
  };
}

function encrypt(key: Uint8Array, plain: Uint8Array, boundTo: string): Uint8Array {
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(boundTo));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, box: Uint8Array, boundTo: string): Uint8Array {
  const decipher = createDecipheriv("aes-256-gcm", key, box.subarray(0, IV), { authTagLength: TAG })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(box.subarray(box.length - TAG));
  return Buffer.concat([decipher.update(box.subarray(IV, box.length - TAG)), decipher.final()]);
}

function decodeKey(text: string, where: string): Uint8Array {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return Buffer.from(trimmed, "hex");
  const bytes = Buffer.from(trimmed, "base64");
  // Buffer passes over whatever is not base64, and a key with a typing error must not become another key.
  if (bytes.length !== 32 || bytes.toString("base64") !== trimmed) {
    throw new ConfigError(
      `The master key of ${where} is not 32 bytes in base64 or hex (make one with: openssl rand -base64 32).`,
    );
  }
  return bytes;
}

/**
 * Exclusive and flushed: of two processes that start at once, one makes the file and both read it. It gets its
 * name when it is whole, so that no crash leaves an empty one behind.
 */
function writeKeyFile(file: string, text: string): void {
  const unfinished = `${file}.${randomBytes(8).toString("hex")}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    try {
      writeFileSync(unfinished, `${text}\n`, { flag: "wx", mode: 0o600, flush: true });
      linkSync(unfinished, file);
    } finally {
      if (existsSync(unfinished)) unlinkSync(unfinished);
    }
    const folder = openSync(dirname(file), "r");
    fsyncSync(folder);
    closeSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw new ConfigError(`The master-key file ${file} cannot be written: is its folder writable?`, {
      cause: error,
    });
  }
}
