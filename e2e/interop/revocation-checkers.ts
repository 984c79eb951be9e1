import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isInstalled } from "#e2e/fixtures/installed.ts";
import { decodePem } from "#lib/x509/pem.ts";

/** What a checker has in front of it, as files of a folder. */
export interface CheckedFiles {
  folder: string;
  /** PEM of the root alone, and of the authority that issued the certificates. */
  root: string;
  issuer: string;
  /** PEM of the CRLs of both. */
  crls: string;
  /** PEM of each certificate, by name. */
  leaves: ReadonlyMap<string, string>;
}

/** What is concluded of each certificate, by name: good, revoked, or what else the program says. */
export type Conclusions = Record<string, string>;

export interface RevocationChecker {
  name: string;
  isHere: boolean;
  conclude(files: CheckedFiles): Promise<Conclusions>;
}

interface Ended {
  code: number;
  output: string;
}

function run(folder: string, program: string, parameters: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, parameters, { cwd: folder, encoding: "utf8" }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : 1,
        output: `${stdout}${stderr}${error?.code === "ENOENT" ? "missing" : ""}`,
      }),
    );
  });
}

/** Asks of one certificate after the other. */
async function each(
  files: CheckedFiles,
  ask: (name: string) => Promise<{ ended: Ended; revoked: RegExp }>,
): Promise<Conclusions> {
  const conclusions: Conclusions = {};
  for (const name of files.leaves.keys()) {
    const { ended, revoked } = await ask(name);
    conclusions[name] = ended.code === 0 ? "good" : revoked.test(ended.output) ? "revoked" : ended.output;
  }
  return conclusions;
}

function writeFiles({ folder, root, issuer, crls, leaves }: CheckedFiles): void {
  writeFileSync(join(folder, "root.pem"), root);
  writeFileSync(join(folder, "issuer.pem"), issuer);
  writeFileSync(join(folder, "roots.pem"), root + issuer);
  writeFileSync(join(folder, "crls.pem"), crls);
  for (const [name, pem] of leaves) {
    writeFileSync(join(folder, `${name}.pem`), pem);
    writeFileSync(join(folder, `${name}.chain.pem`), pem + issuer);
  }
}

const openssl: RevocationChecker = {
  name: "openssl verify -crl_check_all",
  isHere: isInstalled("openssl"),
  async conclude(files) {
    writeFiles(files);
    return each(files, async (name) => ({
      ended: await run(files.folder, "openssl", [
        ...["verify", "-x509_strict", "-crl_check_all", "-purpose", "sslclient"],
        ...["-CAfile", "root.pem", "-untrusted", "issuer.pem", "-CRLfile", "crls.pem", `${name}.pem`],
      ]),
      revoked: /error 23 at 0 depth lookup: certificate revoked/,
    }));
  },
};

const gnutls: RevocationChecker = {
  name: "GnuTLS certtool --load-crl",
  isHere: isInstalled("certtool"),
  async conclude(files) {
    writeFiles(files);
    return each(files, async (name) => ({
      ended: await run(files.folder, "certtool", [
        ...["--verify", "--verify-purpose", "1.3.6.1.5.5.7.3.2", "--load-ca-certificate", "root.pem"],
        ...["--load-crl", "crls.pem", "--infile", `${name}.chain.pem`],
      ]),
      revoked: /revoked/i,
    }));
  },
};

/**
 * A database that holds the authorities, into which the CRLs are imported. It stays from one time to the next: NSS takes
 * a list only when its thisUpdate is later than that of the one it has.
 */
async function nssDatabase(files: CheckedFiles, name: string): Promise<string> {
  writeFiles(files);
  const path = join(files.folder, name);
  const database = `sql:${path}`;
  const must = async (program: string, parameters: string[]) => {
    const { code, output } = await run(files.folder, program, parameters);
    if (code !== 0) throw new Error(`${program} ${parameters.join(" ")}: ${output}`);
  };
  if (!existsSync(path)) {
    mkdirSync(path);
    await must("certutil", ["-N", "-d", database, "--empty-password"]);
    await must("certutil", ["-A", "-d", database, "-n", "root", "-t", "CT,,", "-a", "-i", "root.pem"]);
    await must("certutil", ["-A", "-d", database, "-n", "issuer", "-t", ",,", "-a", "-i", "issuer.pem"]);
  }
  for (const { der } of decodePem(files.crls, { field: "crls", allowComments: true })) {
    writeFileSync(join(files.folder, "one.crl"), der);
    await must("crlutil", ["-I", "-d", database, "-t", "1", "-i", "one.crl"]);
  }
  return database;
}

const nss: RevocationChecker = {
  name: "NSS crlutil and vfychain",
  isHere: isInstalled("crlutil") && isInstalled("vfychain"),
  async conclude(files) {
    const database = await nssDatabase(files, "nss");
    return each(files, async (name) => ({
      // SSL client; the classic verification uses the lists of the database.
      ended: await run(files.folder, "vfychain", ["-d", database, "-u", "0", "-a", `${name}.pem`]),
      revoked: /SEC_ERROR_REVOKED_CERTIFICATE|-8180\b|certificate has been revoked/i,
    }));
  },
};

const nssPkix: RevocationChecker = {
  name: "NSS vfychain -pp with CRLs of its database",
  isHere: nss.isHere,
  async conclude(files) {
    const database = await nssDatabase(files, "nss-pkix");
    return each(files, async (name) => ({
      ended: await run(files.folder, "vfychain", [
        ...["-d", database, "-pp", "-u", "0"],
        ...["-g", "leaf", "-h", "requireFreshInfo", "-m", "crl", "-s", "doNotFetch,failIfNoInfo"],
        ...["-a", `${name}.pem`],
      ]),
      revoked: /SEC_ERROR_REVOKED_CERTIFICATE|-8180\b|certificate has been revoked/i,
    }));
  },
};

/** Java finds lists and responders by the addresses in the certificates. */
function java(by: "crl" | "ocsp"): RevocationChecker {
  return {
    name: `Java PKIXRevocationChecker by ${by}`,
    isHere: isInstalled("java"),
    async conclude(files) {
      writeFiles(files);
      const names = [...files.leaves.keys()];
      const { code, output } = await run(files.folder, "java", [
        join(import.meta.dirname, "RevocationCheck.java"),
        ...["root.pem", by, ...names.map((name) => `${name}.chain.pem`)],
      ]);
      const lines = output.trim().split("\n");
      if (code !== 0 || lines.length !== names.length) throw new Error(output);
      return Object.fromEntries(
        names.map((name, index) => [name, (lines[index] ?? "").replace(/^revoked .*/, "revoked")]),
      );
    },
  };
}

export const REVOCATION_CHECKERS: readonly RevocationChecker[] = [
  openssl,
  gnutls,
  nss,
  nssPkix,
  java("crl"),
  java("ocsp"),
];
