import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import * as peculiar from "@peculiar/x509";
import { encodePkcs7 } from "#lib/x509/pkcs7.ts";
import { encodePkcs12 } from "#lib/x509/pkcs12.ts";
import { encodePkcs8 } from "#lib/x509/private-key.ts";
import { run, type Verdict } from "./x509-checkers.ts";
import type { Kind } from "./x509-kinds.ts";

interface Cell {
  checker: string;
  verdict: Verdict;
  inability?: { reason: string; evidence: RegExp };
}

/** A file format that carries whole chains, and what each checker makes of it. */
interface Container {
  name: string;
  cells(kind: Kind): Promise<Cell[]>;
}

const PASSWORD = "correct horse – 9";

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "container-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function attempt(read: () => unknown): Verdict {
  try {
    return { accepted: true, output: String(read()) };
  } catch (error) {
    return { accepted: false, output: String(error) };
  }
}

/** Accepted means: succeeded, and all of these were printed. */
function printing(verdict: Verdict, ...expected: RegExp[]): Verdict {
  return {
    accepted: verdict.accepted && expected.every((pattern) => pattern.test(verdict.output)),
    output: verdict.output,
  };
}

const LEAF = /api\.example/;
const AUTHORITIES = [/Test Intermediate/, /Test Root/];

const pkcs7: Container = {
  name: "PKCS#7 of a chain",
  async cells({ chain }) {
    const der = encodePkcs7(chain.map((identity) => identity.der));
    return inFolder((folder) => {
      writeFileSync(join(folder, "chain.p7b"), der);
      return [
        {
          checker: "openssl -x509_strict",
          verdict: printing(
            run(folder, "openssl", ["pkcs7", "-inform", "DER", "-in", "chain.p7b", "-print_certs", "-noout"]),
            LEAF,
            ...AUTHORITIES,
          ),
        },
        {
          checker: "GnuTLS certtool",
          verdict: printing(
            run(folder, "certtool", ["--p7-info", "--inder", "--infile", "chain.p7b"]),
            /Number of certificates: 3|(BEGIN CERTIFICATE[\s\S]*){3}/,
          ),
        },
        {
          checker: "NSS vfychain",
          verdict: printing(run(folder, "nss-pp", ["-t", "p7", "-i", "chain.p7b"]), LEAF, ...AUTHORITIES),
        },
        {
          checker: "node:crypto",
          verdict: attempt(() => new X509Certificate(der)),
          inability: { reason: "no PKCS#7", evidence: /wrong tag|asn1|no start line/i },
        },
        {
          checker: "@peculiar/x509",
          verdict: printing(
            attempt(() =>
              new peculiar.X509Certificates(new Uint8Array(der)).map(({ subject }) => subject).join("; "),
            ),
            LEAF,
            ...AUTHORITIES,
          ),
        },
      ];
    });
  },
};

const pkcs12: Container = {
  name: "PKCS#12 of key and chain",
  async cells({ chain }) {
    const leaf = chain[0] as Kind["chain"][0];
    const der = await encodePkcs12({
      privateKeyPkcs8: encodePkcs8(leaf.privateKey),
      chain: chain.map((identity) => identity.der),
      password: PASSWORD,
      friendlyName: "api.example",
    });
    return inFolder((folder) => {
      writeFileSync(join(folder, "key.p12"), der);
      writeFileSync(join(folder, "password"), PASSWORD);
      run(folder, "certutil", ["-N", "-d", "sql:.", "--empty-password"]);
      const openssl = ["pkcs12", "-in", "key.p12", "-passin", "file:password", "-info", "-nodes"];
      return [
        {
          checker: "openssl -x509_strict",
          verdict: printing(
            run(folder, "openssl", openssl),
            LEAF,
            /BEGIN PRIVATE KEY/,
            /sha256, Iteration 210000/,
            ...AUTHORITIES,
          ),
        },
        {
          checker: "GnuTLS certtool",
          verdict: printing(
            run(folder, "certtool", ["--p12-info", "--inder", "--infile", "key.p12", "--password", PASSWORD]),
            /BEGIN (ENCRYPTED )?PRIVATE KEY/,
            /(BEGIN CERTIFICATE[\s\S]*){3}/,
          ),
        },
        {
          checker: "NSS vfychain",
          verdict: printing(
            run(folder, "pk12util", ["-i", "key.p12", "-d", "sql:.", "-w", "password"]),
            /PKCS12 IMPORT SUCCESSFUL/,
          ),
        },
        {
          checker: "node:crypto",
          verdict: attempt(() => createSecureContext({ pfx: Buffer.from(der), passphrase: PASSWORD })),
        },
        {
          checker: "@peculiar/x509",
          verdict: attempt(() => new peculiar.X509Certificates(new Uint8Array(der))),
          inability: { reason: "no PKCS#12", evidence: /Error/ },
        },
      ];
    });
  },
};

export const CONTAINERS: readonly Container[] = [pkcs7, pkcs12];
