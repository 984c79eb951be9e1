import { afterEach, beforeEach, expect, test } from "vitest";
import { recordForeignCertificates } from "#e2e/fixtures/foreign-certificate.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createWholeClient } from "#lib/access/client-create.ts";
import { getClient } from "#lib/access/client-read.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import { revocableCredentials } from "#lib/access/revocable-credentials.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { revokeCertificate } from "#lib/authority/revoke.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

const admin = testActor("admin");
let installation: TestInstallation;

beforeEach(async () => {
  installation = await testInstallation();
});
afterEach(() => installation.close());

test("only a certificate of ours that is not revoked yet is offered to be revoked", async () => {
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const issuer = inlineIssuer(installation);
  const { issued } = await issueWithKeyMadeHere(issuer, admin, {
    ...{ profile: "client", keyAlgorithm: "ecdsa-p256", subject: [] },
    names: [{ type: "dns", value: "ours.example" }],
  });
  await issuer.close();
  const root = await testAuthority();
  const { der } = await testLeaf(root, {
    subject: "CN=theirs",
    extensions: { extendedKeyUsage: ["clientAuth"] },
  });
  await recordForeignCertificates(installation, [root.der, der]);
  const { clientId, credentialId: ours } = await createWholeClient(installation, admin, {
    client: { name: "worker" },
    credential: { kind: "certificate", sha256: readForeignCertificate(issued.certificate).sha256 },
  });
  const theirs = { kind: "certificate" as const, sha256: readForeignCertificate(der).sha256 };
  await addCredential(installation, admin, clientId, theirs);

  const { credentials } = await getClient(installation, admin, clientId);
  expect(credentials).toHaveLength(2);
  expect(await revocableCredentials(installation, admin, credentials)).toEqual(new Set([ours]));
  expect(await revocableCredentials(installation, testActor("viewer"), credentials)).toEqual(new Set());
  await revokeCertificate(installation, admin, issued.id, { reason: "keyCompromise" });
  expect(await revocableCredentials(installation, admin, credentials)).toEqual(new Set());
});
