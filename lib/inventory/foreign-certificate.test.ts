import fc from "fast-check";
import { expect, test } from "vitest";
import { DomainError } from "#lib/errors.ts";
import { readForeign } from "#lib/inventory/foreign-certificate.ts";
import { NULL, oid, sequence } from "#lib/x509/der-writer.ts";
import { fuzzParameters, mutated } from "#lib/x509/testdata/fuzz.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { nameOf, oddCertificate } from "#lib/x509/testdata/odd-certificate.ts";

test("whatever a certificate says, what is read of it fits into the inventory", async () => {
  const root = await testAuthority();
  const leaf = await testLeaf(root);
  const authorities = [{ id: "a", subject: "CN=Test Root,O=Example", spki: root.spki }];
  fc.assert(
    fc.property(fc.oneof(mutated(leaf.der), mutated(root.der), mutated(oddCertificate())), (der) => {
      try {
        const read = readForeign(der, authorities);
        expect(read.serial.length).toBeLessThanOrEqual(256);
        expect(read.displayName).not.toBe("");
        const texts = [
          read.displayName,
          read.subject,
          read.issuerName,
          ...read.names.map(({ value }) => value),
        ];
        for (const text of texts) expect(text).not.toContain("\0");
        expect(read.notAfter.getUTCFullYear()).toBeLessThanOrEqual(9999);
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
      }
    }),
    fuzzParameters(),
  );
});

test("a weak signature counts, but not that of a root on itself", () => {
  const md5 = sequence(oid("1.2.840.113549.1.1.4"), NULL);
  const sha1 = sequence(oid("1.2.840.10045.4.1"));
  const name = nameOf("Self");
  for (const signatureAlgorithm of [md5, sha1]) {
    expect(readForeign(oddCertificate({ signatureAlgorithm }), []).risks).toContain("weak-key");
    const self = oddCertificate({ signatureAlgorithm, issuer: name, subject: name });
    expect(readForeign(self, []).risks).not.toContain("weak-key");
  }
});

test("an end entity that outlives what is usual is marked, an authority is not", async () => {
  const root = await testAuthority();
  const leaf = await testLeaf(root, { notAfter: new Date(Date.now() + 900 * 86_400_000) });
  expect(readForeign(leaf.der, []).risks).toEqual(["long-life"]);
  expect(readForeign(root.der, [])).toMatchObject({ kind: "authority", risks: [] });
});
