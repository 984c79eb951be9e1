import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyIdentifier } from "#lib/x509/certificate.ts";
import { signTbs } from "#lib/x509/key.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { encodeName } from "#lib/x509/name.ts";
import { type CertIdHash, encodeCertId, issuerHashes } from "#lib/x509/ocsp-cert-id.ts";
import { readOcspRequest } from "#lib/x509/ocsp-request.ts";
import { encodeOcspRequest } from "#lib/x509/ocsp-request-writer.ts";
import {
  assembleOcspResponse,
  encodeResponseData,
  type OcspStatus,
  ocspError,
} from "#lib/x509/ocsp-response.ts";
import { checkOcspAnswer } from "#lib/x509/ocsp-response-check.ts";
import { type OcspAnswer, readOcspResponse } from "#lib/x509/ocsp-response-reader.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { REVOCATION_REASONS, type RevocationReason } from "#lib/x509/revocation-reason.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";
import { printedStatuses } from "./openssl-text.ts";
import { run } from "./x509-checkers.ts";

/** The OCSP that we write openssl and GnuTLS must read as it was meant, and we theirs. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-revocation-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const openssl = (...parameters: string[]) => run(folder, "openssl", parameters);
const write = (name: string, content: Uint8Array | string) => writeFileSync(join(folder, name), content);
const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const nameAndKey = ({ subject, spki }: TestIdentity) => ({ subject: encodeName(subject), spki });

function writeIdentity(name: string, { der, privateKey }: TestIdentity): void {
  write(`${name}.pem`, encodePem("CERTIFICATE", der));
  write(`${name}.key`, privateKey.export({ format: "pem", type: "pkcs8" }));
}

/** No ML-DSA before OpenSSL 3.5, and none in GnuTLS 3.7: the words in which they say so. */
const NO_ML_DSA = {
  openssl: /X509_PUBKEY_get0:decode error/,
  gnutls: /Signature algorithm: 2\.16\.840\.1\.101\.3\.4\.3\.17[\s\S]*Not verified/i,
};
const ALGORITHMS: KeyAlgorithm[] = ["rsa-2048", "ecdsa-p256", "ecdsa-p384", "ed25519", "ml-dsa-44"];

const at = (text: string) => new Date(text);
const REASONS = Object.keys(REVOCATION_REASONS) as RevocationReason[];
describe("OCSP requests", () => {
  let issuer: TestIdentity;
  let leaf: TestIdentity;
  beforeAll(async () => {
    issuer = await testAuthority();
    leaf = await testLeaf(issuer, { serialNumber: "ff00112233445566778899aabbccddeeff001122" });
    writeIdentity("ca", issuer);
    writeIdentity("leaf", leaf);
  });

  test("by openssl are read: several certificates, four digests, with and without nonce, also signed", () => {
    const hashes: CertIdHash[] = ["sha1", "sha256", "sha384", "sha512"];
    const asked = ["-issuer", "ca.pem", ...hashes.flatMap((hash) => [`-${hash}`, "-serial", "0x80"])];
    for (const extra of [
      ["-no_nonce"],
      ["-nonce"],
      ["-nonce", "-signer", "leaf.pem", "-signkey", "leaf.key"],
    ]) {
      expect(
        openssl("ocsp", ...asked, "-cert", "leaf.pem", ...extra, "-reqout", "request.der").accepted,
      ).toBe(true);
      const { certIds, nonce } = readOcspRequest(read("request.der"));
      const serials = [...hashes.map(() => "80"), "ff00112233445566778899aabbccddeeff001122"];
      expect(certIds).toEqual(
        [...hashes, "sha512" as const].map((hash, index) => ({
          raw: encodeCertId(nameAndKey(issuer), serials[index] as string, hash),
          hash,
          serial: serials[index],
          ...issuerHashes(nameAndKey(issuer), hash),
        })),
      );
      expect(nonce?.length).toBe(extra.includes("-nonce") ? 16 : undefined);
    }
  });

  test("by GnuTLS are read", () => {
    const made = run(folder, "ocsptool", [
      ...["--generate-request", "--load-issuer", "ca.pem", "--load-cert", "leaf.pem"],
      ...["--outder", "--outfile", "request.der"],
    ]);
    expect(made).toMatchObject({ accepted: true });
    const { certIds, nonce } = readOcspRequest(read("request.der"));
    expect(certIds.map(({ serial }) => serial)).toEqual(["ff00112233445566778899aabbccddeeff001122"]);
    expect(certIds[0]).toMatchObject(issuerHashes(nameAndKey(issuer), certIds[0]?.hash as CertIdHash));
    expect(nonce).toBeNull();
  });

  test("of ours are read by openssl and GnuTLS", () => {
    const nonce = new Uint8Array(randomBytes(32));
    const serials = ["01", "80", "ff00112233445566778899aabbccddeeff001122"];
    const certIds = serials.map((serial, index) =>
      encodeCertId(nameAndKey(issuer), serial, index === 1 ? "sha256" : "sha1"),
    );
    write("ours.der", encodeOcspRequest(certIds, nonce));
    const printed = openssl("ocsp", "-reqin", "ours.der", "-req_text", "-noverify").output;
    expect([...printed.matchAll(/Serial Number: (\w+)/g)].map(([, serial]) => serial?.toLowerCase())).toEqual(
      serials,
    );
    expect([...printed.matchAll(/Hash Algorithm: (\w+)/g)].map(([, hash]) => hash)).toEqual([
      "sha1",
      "sha256",
      "sha1",
    ]);
    const other = run(folder, "ocsptool", ["--request-info", "--infile", "ours.der"]).output;
    expect(other).toContain(`Nonce: ${Buffer.from(nonce).toString("hex")}`);
  });
});

describe.each(ALGORITHMS)("OCSP responses signed with %s", (algorithm) => {
  const known = algorithm !== "ml-dsa-44";
  let issuer: TestIdentity;
  let delegate: TestIdentity;
  const now = at(new Date().toISOString().replace(/\.\d+/, ""));
  const later = new Date(now.getTime() + 3_600_000);
  beforeAll(async () => {
    issuer = await testAuthority({ algorithm });
    delegate = await testLeaf(issuer, {
      subject: "CN=Responder",
      extensions: { extendedKeyUsage: ["ocspSigning"], ocspNoCheck: true },
    });
    writeIdentity("ca", issuer);
    writeIdentity("delegate", delegate);
  });

  const STATUSES: [serial: string, hash: CertIdHash, status: OcspStatus][] = [
    ["80", "sha1", { kind: "good" }],
    ["ff".repeat(20), "sha256", { kind: "good" }],
    ["0100", "sha1", { kind: "unknown" }],
    ...REASONS.map((reason, index): [string, CertIdHash, OcspStatus] => [
      `4fa0${index.toString(16).padStart(2, "0")}`,
      index % 2 === 0 ? "sha1" : "sha256",
      { kind: "revoked", at: at(index % 2 === 0 ? "2026-01-02T03:04:05Z" : "1950-01-01T00:00:00Z"), reason },
    ]),
  ];
  const ASKED = STATUSES.flatMap(([serial, hash]) => [`-${hash}`, "-serial", `0x${serial}`]);

  function responseBy(signer: TestIdentity, nonce: Uint8Array | null): Uint8Array {
    const data = encodeResponseData({
      responderKeyHash: keyIdentifier(signer.spki),
      producedAt: now,
      responses: STATUSES.map(([serial, hash, status]) => ({
        certId: encodeCertId(nameAndKey(issuer), serial, hash),
        status,
        thisUpdate: now,
        nextUpdate: later,
      })),
      nonce,
    });
    const signature = signTbs(data, signer.privateKey, signer.algorithm);
    return assembleOcspResponse(data, signer.algorithm, signature, signer === issuer ? [] : [signer.der]);
  }

  test.each(["the authority", "its delegate"])(
    "by %s are understood and verified by openssl and GnuTLS",
    (by) => {
      const signer = by === "the authority" ? issuer : delegate;
      write("response.der", responseBy(signer, null));
      const trust = ["-issuer", "ca.pem", "-CAfile", "ca.pem", "-no_nonce"];
      const { accepted, output } = openssl("ocsp", "-respin", "response.der", ...trust, ...ASKED);
      if (known) {
        expect([accepted, output]).toEqual([true, expect.stringContaining("Response verify OK")]);
        expect(printedStatuses(output)).toEqual(
          STATUSES.map(([serial, , status]) => [serial, withoutLateReason(status)]),
        );
      } else {
        expect(output).toMatch(NO_ML_DSA.openssl);
      }
      const { output: text } = openssl("ocsp", "-respin", "response.der", "-noverify", "-resp_text");
      const codes = [...text.matchAll(/Revocation Reason: .* \(0x(\w+)\)/g)].map(([, code]) =>
        Number.parseInt(code as string, 16),
      );
      expect(codes).toEqual(
        REASONS.map((reason) => REVOCATION_REASONS[reason].code as number).filter((code) => code > 0),
      );
      // GnuTLS looks for the signer among the certificates of the response only.
      const signed = by === "the authority" ? "--load-signer" : "--load-trust";
      const other = run(folder, "ocsptool", [
        "--verify-response",
        signed,
        "ca.pem",
        "--infile",
        "response.der",
      ]);
      expect(other.output.includes("Verifying OCSP Response: Success")).toBe(known);
    },
  );

  test("are refused by openssl with another nonce, or by a certificate that is for something else", async () => {
    if (!known) return;
    const [mine, theirs] = [new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(32))];
    write("request.der", encodeOcspRequest([encodeCertId(nameAndKey(issuer), "80", "sha1")], mine));
    const verdict = (response: Uint8Array) => {
      write("response.der", response);
      return openssl(
        ...["ocsp", "-respin", "response.der", "-reqin", "request.der", "-no_nonce", "-CAfile", "ca.pem"],
      ).output;
    };
    expect(verdict(responseBy(delegate, mine))).toBe("Response verify OK");
    expect(verdict(responseBy(delegate, theirs))).toContain("Nonce Verify error");
    expect(verdict(responseBy(delegate, null))).toContain("WARNING: no nonce in response");
    const server = await testLeaf(issuer, { algorithm });
    expect(verdict(responseBy(server, mine))).toContain("Response Verify Failure");
  });

  test("by openssl are read and verified: named by key or by name, with and without certificates", () => {
    if (!known) return;
    write("index.txt.attr", "unique_subject = no\n");
    write(
      "index.txt",
      [
        "V\t491231235959Z\t\t80\tunknown\t/CN=a\n",
        "R\t491231235959Z\t260101000000Z\t4FA0\tunknown\t/CN=b\n",
        "R\t491231235959Z\t260101000000Z,certificateHold\t4FA1\tunknown\t/CN=c\n",
      ].join(""),
    );
    const asked = [
      "-serial",
      "0x80",
      "-sha256",
      "-serial",
      "0x4FA0",
      "-serial",
      "0x4FA1",
      "-serial",
      "0x4FA2",
    ];
    openssl("ocsp", "-issuer", "ca.pem", ...asked, "-nonce", "-reqout", "request.der");
    const answerOf = (signer: string, ...extra: string[]): OcspAnswer => {
      const made = openssl(
        ...[
          "ocsp",
          "-index",
          "index.txt",
          "-CA",
          "ca.pem",
          "-rsigner",
          `${signer}.pem`,
          "-rkey",
          `${signer}.key`,
        ],
        ...["-reqin", "request.der", "-respout", "theirs.der", "-nmin", "60", ...extra],
      );
      expect(made).toMatchObject({ accepted: true });
      const response = readOcspResponse(read("theirs.der"));
      if (response.status !== "successful") throw new TypeError(response.status);
      return response.answer;
    };
    const trustOf = (answer: OcspAnswer) => checkOcspAnswer(answer, nameAndKey(issuer), new Date());
    const answer = answerOf("delegate");
    expect(answer.nonce).toEqual(readOcspRequest(read("request.der")).nonce);
    const at2026 = at("2026-01-01T00:00:00Z");
    expect(answer.responses.map(({ certId, status }) => [certId.serial, certId.hash, status])).toEqual([
      ["80", "sha1", { kind: "good" }],
      ["4fa0", "sha256", { kind: "revoked", at: at2026, reason: "unspecified" }],
      ["4fa1", "sha256", { kind: "revoked", at: at2026, reason: "certificateHold" }],
      ["4fa2", "sha256", { kind: "unknown" }],
    ]);
    expect(answer.responder.kind).toBe("name");
    expect(trustOf(answer)).toMatchObject({ isTrusted: true, delegate: { isCa: false } });
    expect(trustOf(answerOf("delegate", "-resp_key_id"))).toMatchObject({ isTrusted: true });
    expect(trustOf(answerOf("delegate", "-resp_no_certs"))).toMatchObject({ problem: "unknown-responder" });
    expect(trustOf(answerOf("ca", "-resp_no_certs"))).toEqual({ isTrusted: true, delegate: null });
    expect(trustOf(answerOf("delegate", "-badsig"))).toMatchObject({ problem: "bad-signature" });
  });
});

/** openssl has no words for the two reasons that came with RFC 5280: it prints their codes only. */
function withoutLateReason(status: OcspStatus): unknown {
  if (status.kind !== "revoked" || REVOCATION_REASONS[status.reason].code < 8) return status;
  return { ...status, reason: undefined };
}

test.each(["malformedRequest", "internalError", "tryLater", "unauthorized"] as const)(
  "the error %s is known to openssl and GnuTLS",
  (status) => {
    write("error.der", ocspError(status));
    const { output } = openssl("ocsp", "-respin", "error.der", "-noverify");
    expect(output).toContain(`Responder Error: ${status.toLowerCase()} (`);
    const other = run(folder, "ocsptool", ["--response-info", "--infile", "error.der"]).output;
    expect(other.toLowerCase()).toContain(`response status: ${status.toLowerCase()}`);
  },
);
