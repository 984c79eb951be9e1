import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseCertificateSigningRequest, verifyProofOfPossession } from "../csr.ts";
import { formatName, parseName } from "../name.ts";
import { type BrowserKeyAlgorithm, makeKeyAndCsr } from "./key-and-csr.ts";

const ALGORITHMS: BrowserKeyAlgorithm[] = ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-2048", "rsa-3072"];

test.each(ALGORITHMS)(
  "a %s key and request made with WebCrypto belong together and prove possession",
  async (algorithm) => {
    const names = [{ type: "dns", value: "api.example" } as const];
    const { privateKeyPkcs8, csrDer } = await makeKeyAndCsr({
      algorithm,
      subject: parseName("CN=api"),
      names,
    });
    const csr = parseCertificateSigningRequest(csrDer);
    verifyProofOfPossession(csr);
    expect(csr).toMatchObject({ keyAlgorithm: algorithm, names });
    expect(formatName(csr.subject)).toBe("CN=api");
    const key = createPrivateKey({ key: Buffer.from(privateKeyPkcs8), format: "der", type: "pkcs8" });
    expect(new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }))).toEqual(csr.spki);
  },
);

/** Every module that a file brings along, by its import statements. */
function imports(file: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(file)) return seen;
  const source = readFileSync(file, "utf8");
  const specifiers = [
    ...source.matchAll(/^(?:import|export)\s(?!type\s)[^;]*?from "([^"]+)"|^import "([^"]+)"/gm),
  ].map(([, from, bare]) => (from ?? bare) as string);
  seen.set(file, specifiers);
  for (const specifier of specifiers) {
    if (specifier.startsWith(".")) imports(resolve(dirname(file), specifier), seen);
  }
  return seen;
}

test.each([
  "./key-and-csr.ts",
  "../pkcs12.ts",
  "../public-key.ts",
  "../csr-writer.ts",
  "../name.ts",
  "../general-name.ts",
  "../pem.ts",
  "../key-algorithm.ts",
])("%s brings nothing into the page but our own node-free files", (entry) => {
  const outside = [...imports(fileURLToPath(new URL(entry, import.meta.url))).values()]
    .flat()
    .filter((specifier) => !specifier.startsWith("."));
  expect(outside).toEqual([]);
});
