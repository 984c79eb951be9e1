import fc from "fast-check";
import { expect, test } from "vitest";
import type { Fetched } from "#lib/authority/allowed-fetch.ts";
import { checkCrl, countEntries } from "#lib/authority/crl-source-check.ts";
import { concludeCrl } from "#lib/authority/verifier-crl.ts";
import { concludeIssuer } from "#lib/authority/verifier-issuer.ts";
import { concludeOcsp } from "#lib/authority/verifier-ocsp.ts";
import { DomainError } from "#lib/errors.ts";
import { keyIdentifier } from "#lib/x509/certificate.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { readCrl } from "#lib/x509/crl-reader.ts";
import { signTbs } from "#lib/x509/key.ts";
import { encodeCertId } from "#lib/x509/ocsp-cert-id.ts";
import { assembleOcspResponse, encodeResponseData } from "#lib/x509/ocsp-response.ts";
import { fuzzParameters, mutated } from "#lib/x509/testdata/fuzz.ts";
import { testAuthority } from "#lib/x509/testdata/issue.ts";
import { testCrl } from "#lib/x509/testdata/revoke.ts";

/** Bytes of strangers lead to a refusal or a finding, whatever they are. */

const root = await testAuthority();
const issuer = readForeignCertificate(root.der);
const now = new Date();
const url = "http://crl.example/root.crl";
const crl = testCrl(root, { entries: [{ serial: "4711" }, { serial: "4712", reason: "keyCompromise" }] });

const answered = (body: Uint8Array): Fetched => ({
  ok: true,
  status: 200,
  headers: { "content-type": "application/pkix-crl", age: "10" },
  body: Buffer.from(body),
  url,
  milliseconds: 1,
});

const named = { subject: issuer.subjectDer, spki: issuer.spki };

function ocspAnswer(): Uint8Array {
  const tbs = encodeResponseData({
    responderKeyHash: keyIdentifier(root.spki),
    producedAt: now,
    responses: [
      {
        certId: encodeCertId(named, "4711", "sha1"),
        status: { kind: "good" },
        thisUpdate: now,
        nextUpdate: new Date(now.getTime() + 3_600_000),
      },
    ],
    nonce: null,
  });
  return assembleOcspResponse(tbs, root.algorithm, signTbs(tbs, root.privateKey, root.algorithm), []);
}

const sound = { crl, certificate: root.der, answer: ocspAnswer() };
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  ...Object.values(sound).map((document) => mutated(document)),
);

test("what is sound is good", async () => {
  const expected = { issuer: named, serial: "4711", status: "good" as const, nonce: null, now };
  const { finding } = await concludeCrl(url, answered(crl), { issuer, number: 1n, numberAfter: 1n, now });
  expect(finding.conclusion).toBe("good");
  expect(concludeIssuer(url, answered(root.der), issuer).finding.conclusion).toBe("content-type");
  expect(concludeOcsp(answered(sound.answer), expected).finding.conclusion).toBe("content-type");
});

test("a verifier's conclusion is drawn from any bytes", async () => {
  const expected = { issuer: named, serial: "4711", status: "good" as const, nonce: null, now };
  await fc.assert(
    fc.asyncProperty(bytes, async (body) => {
      for (const { finding } of [
        await concludeCrl(url, answered(body), { issuer, number: 1n, numberAfter: 1n, now }),
        concludeIssuer(url, answered(body), issuer),
        concludeOcsp(answered(body), expected),
      ]) {
        expect(["good", "doubtful", "bad"]).toContain(finding.verdict);
        expect(finding.detail).toMatch(/\.$/);
      }
    }),
    fuzzParameters(),
  );
});

test("a CRL of any bytes is accepted or refused by a rule", async () => {
  await fc.assert(
    fc.asyncProperty(bytes, async (body) => {
      try {
        const read = readCrl(body);
        await checkCrl(read, { name: "Root", parsed: issuer }, now);
        await countEntries(read);
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
      }
    }),
    fuzzParameters(),
  );
});
