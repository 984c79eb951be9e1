import "reflect-metadata";
import { spawnSync } from "node:child_process";
import { webcrypto, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as peculiar from "@peculiar/x509";
import { formatName } from "#lib/x509/name.ts";
import { encodePem } from "#lib/x509/pem.ts";
import type { Kind } from "./x509-kinds.ts";

export interface Verdict {
  accepted: boolean;
  /** What the checker said. */
  output: string;
}

export interface Checker {
  name: string;
  version: string;
  check(kind: Kind): Promise<Verdict>;
}

/** Runs a tool in a folder and takes its exit code as the verdict. */
export function run(folder: string, command: string, args: readonly string[]): Verdict {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  return { accepted: status === 0, output: error?.message ?? `${stdout}${stderr}`.trim() };
}

/** Calls `use` with a folder that holds leaf.pem, int.pem, root.pem and chain.pem, and is gone afterwards. */
export function withChainFolder<T>(chain: readonly { der: Uint8Array }[], use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "x509-"));
  try {
    const pems = chain.map(({ der }) => encodePem("CERTIFICATE", der));
    writeFileSync(join(folder, "leaf.pem"), pems[0] as string);
    writeFileSync(join(folder, "root.pem"), pems.at(-1) as string);
    writeFileSync(join(folder, "int.pem"), pems.slice(1, -1).join(""));
    writeFileSync(join(folder, "chain.pem"), pems.join(""));
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function firstLine(command: string, args: readonly string[]): string {
  return run(".", command, args).output.split("\n")[0] as string;
}

const OPENSSL_PURPOSE = { server: "sslserver", client: "sslclient", ocsp: "ocsphelper" } as const;
const GNUTLS_PURPOSE = {
  server: "1.3.6.1.5.5.7.3.1",
  client: "1.3.6.1.5.5.7.3.2",
  ocsp: "1.3.6.1.5.5.7.3.9",
} as const;
/** Certificate usages of NSS's secCertUsage: SSL client, SSL server, status responder. */
const NSS_USAGE = { client: "0", server: "1", ocsp: "10" } as const;

/** A wildcard is asked for by a name that it covers. */
function asked(value: string): string {
  return value.replace(/^\*/, "any");
}

const openssl: Checker = {
  name: "openssl -x509_strict",
  version: firstLine("openssl", ["version"]).split(" ").slice(0, 2).join(" "),
  async check({ chain, purpose, expects }) {
    const host =
      expects?.type === "dns"
        ? ["-verify_hostname", asked(expects.value)]
        : expects?.type === "ip"
          ? ["-verify_ip", expects.value]
          : expects?.type === "email"
            ? ["-verify_email", expects.value]
            : [];
    return withChainFolder(chain, (folder) =>
      run(folder, "openssl", [
        ...["verify", "-x509_strict", "-auth_level", "2", "-purpose", OPENSSL_PURPOSE[purpose], ...host],
        ...["-CAfile", "root.pem", "-untrusted", "int.pem", "leaf.pem"],
      ]),
    );
  },
};

const gnutls: Checker = {
  name: "GnuTLS certtool",
  version: firstLine("certtool", ["--version"]),
  async check({ chain, purpose, expects }) {
    const host =
      expects?.type === "dns" || expects?.type === "ip"
        ? ["--verify-hostname", asked(expects.value)]
        : expects?.type === "email"
          ? ["--verify-email", expects.value]
          : [];
    return withChainFolder(chain, (folder) =>
      run(folder, "certtool", [
        ...["--verify", "--verify-profile", "medium", "--verify-purpose", GNUTLS_PURPOSE[purpose], ...host],
        ...["--load-ca-certificate", "root.pem", "--infile", "chain.pem"],
      ]),
    );
  },
};

const nss: Checker = {
  name: "NSS vfychain",
  version: `NSS ${/^Version: (.*)$/m.exec(run(".", "dpkg-query", ["-s", "libnss3-tools"]).output)?.[1] ?? "unknown"}`,
  async check({ chain, purpose }) {
    return withChainFolder(chain, (folder) =>
      run(folder, "vfychain", [
        ...["-pp", "-u", NSS_USAGE[purpose], "-a", "leaf.pem", "-a", "int.pem", "-t", "-a", "root.pem"],
      ]),
    );
  },
};

const node: Checker = {
  name: "node:crypto",
  version: `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
  async check({ chain, expects }) {
    const certificates = chain.map(({ der }) => new X509Certificate(der));
    const [leaf] = certificates as [X509Certificate];
    for (const [index, certificate] of certificates.entries()) {
      const issuer = certificates[index + 1] ?? certificate;
      if (!certificate.checkIssued(issuer)) return { accepted: false, output: `checkIssued ${index}` };
      if (!certificate.verify(issuer.publicKey)) return { accepted: false, output: `verify ${index}` };
      if (certificate.ca !== index > 0) return { accepted: false, output: `ca ${index}` };
    }
    return { accepted: namesFound(leaf, expects), output: leaf.subjectAltName ?? "" };
  },
};

function namesFound(leaf: X509Certificate, expects: Kind["expects"]): boolean {
  if (expects === null) return true;
  if (expects.type === "dns") return leaf.checkHost(asked(expects.value)) !== undefined;
  if (expects.type === "ip") return leaf.checkIP(expects.value) !== undefined;
  if (expects.type === "email") return leaf.checkEmail(expects.value) !== undefined;
  return leaf.subjectAltName?.includes(`URI:${expects.value}`) ?? false;
}

const pureJs: Checker = {
  name: "@peculiar/x509",
  version: "2.2.0",
  async check({ chain, expects }) {
    peculiar.cryptoProvider.set(webcrypto as unknown as Crypto);
    const certificates = chain.map(({ der }) => new peculiar.X509Certificate(new Uint8Array(der)));
    const [leaf, ...others] = certificates as [peculiar.X509Certificate, ...peculiar.X509Certificate[]];
    try {
      const built = await new peculiar.X509ChainBuilder({ certificates: others }).build(leaf);
      if (built.length !== chain.length) return { accepted: false, output: `a chain of ${built.length}` };
      for (const [index, certificate] of certificates.entries()) {
        const issuer = certificates[index + 1] ?? certificate;
        const verified = await certificate.verify({ publicKey: issuer.publicKey, date: new Date() });
        if (!verified)
          return {
            accepted: false,
            output: `verify ${index} ${formatName((chain[index] as Kind["chain"][0]).subject)}`,
          };
      }
    } catch (error) {
      return { accepted: false, output: String(error) };
    }
    const names = leaf.getExtension(peculiar.SubjectAlternativeNameExtension)?.names.items ?? [];
    const found = expects === null || names.some(({ value }) => value === expects.value);
    return { accepted: found, output: names.map(({ value }) => value).join(" ") };
  },
};

export const CHECKERS: readonly Checker[] = [openssl, gnutls, nss, node, pureJs];
