import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { DomainError } from "../errors.ts";
import { extensionNode } from "./certificate-extensions.ts";
import {
  context,
  type DerNode,
  element,
  encodeDer,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
  TAG,
} from "./der-writer.ts";
import { encodeName } from "./name.ts";
import { type CertIdHash, encodeCertId, issuerHashes } from "./ocsp-cert-id.ts";
import { readOcspRequest } from "./ocsp-request.ts";
import { encodeOcspRequest } from "./ocsp-request-writer.ts";
import { OID } from "./oids.ts";
import { testAuthority } from "./testdata/issue.ts";

let issuer: { subject: Uint8Array; spki: Uint8Array };
beforeAll(async () => {
  const { subject, spki } = await testAuthority();
  issuer = { subject: encodeName(subject), spki };
});

const certId = (serial = "4fa017") => encodeCertId(issuer, serial, "sha1");

/** A request of any shape. */
const request = (...members: DerNode[]) => encodeDer(sequence(sequence(...members)));
const listOf = (...certIds: Uint8Array[]) => sequence(...certIds.map((id) => sequence(id)));
const withExtensions = (...extensions: DerNode[]) =>
  request(listOf(certId()), context(2, sequence(...extensions)));

function refusal(octets: Uint8Array): [code: string, rule: string | undefined] | null {
  try {
    readOcspRequest(octets);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return [error.code, error.violations[0]?.rule];
    throw error;
  }
}

test.each<CertIdHash>(["sha1", "sha256", "sha384", "sha512"])(
  "a certificate is named by %s of its issuer's name and key, and its CertID is kept octet by octet",
  (hash) => {
    const raw = encodeCertId(issuer, "4fa017", hash);
    const read = readOcspRequest(encodeOcspRequest([raw], null));
    expect(read.nonce).toBeNull();
    expect(read.certIds).toEqual([{ raw, hash, serial: "4fa017", ...issuerHashes(issuer, hash) }]);
  },
);

test("several certificates stay in their order, and serial numbers keep every bit", () => {
  const serials = ["01", "7f", "80", "ff00", "ff".repeat(20), "00", "-80", "-0100"];
  const read = readOcspRequest(encodeOcspRequest(serials.map(certId), null));
  expect(read.certIds.map(({ serial }) => serial)).toEqual(serials);
});

test.each([1, 16, 32, 128])("a nonce of %i octets is read (RFC 9654 §2.1)", (octets) => {
  const nonce = new Uint8Array(randomBytes(octets));
  expect(readOcspRequest(encodeOcspRequest([certId()], nonce)).nonce).toEqual(nonce);
});

test("a hash that we do not know, or one without parameters, is still a question", () => {
  const idWith = (algorithm: DerNode) =>
    encodeDer(
      sequence(algorithm, octetString(new Uint8Array(16)), octetString(new Uint8Array(16)), integer(5)),
    );
  const hashOf = (algorithm: DerNode) =>
    readOcspRequest(encodeOcspRequest([idWith(algorithm)], null)).certIds[0]?.hash;
  expect(hashOf(sequence(oid("1.2.840.113549.2.5"), NULL))).toBe("other");
  expect(hashOf(sequence(oid(OID.sha1)))).toBe("sha1");
});

test("a requestor's name, a signature and extensions that are no matter of ours are passed over", () => {
  const name = context(1, context(4, issuer.subject));
  const signature = context(0, sequence(sequence(oid(OID.ecdsaWithSha256)), element(3, Uint8Array.of(0, 1))));
  const extension = extensionNode(OID.ocspAcceptableResponses, true, sequence(oid(OID.ocspBasic)));
  const locator = extensionNode("1.3.6.1.5.5.7.48.1.7", false, sequence());
  const body = sequence(
    context(0, integer(0)),
    name,
    sequence(sequence(certId(), context(0, sequence(locator)))),
    context(2, sequence(extension)),
  );
  expect(refusal(encodeDer(sequence(body, signature)))).toBeNull();
});

describe("what is not a request is refused by name of the rule", () => {
  test.each<[string, () => Uint8Array, string, string]>([
    ["nothing", () => new Uint8Array(), "malformed", "x690.truncated"],
    ["an empty list", () => request(sequence()), "malformed", "rfc6960.4.1.1"],
    [
      "33 certificates",
      () => request(listOf(...Array.from({ length: 33 }, () => certId()))),
      "tooLarge",
      "ocsp.count",
    ],
    ["8 KiB and one octet", () => new Uint8Array(8193).fill(0x30), "tooLarge", "der.size"],
    [
      "version 2",
      () => request(context(0, integer(1)), listOf(certId())),
      "malformed",
      "rfc6960.4.1.1.version",
    ],
    [
      "an unknown critical extension",
      () => withExtensions(extensionNode("1.2.3.4", true, NULL)),
      "malformed",
      "rfc6960.4.4",
    ],
    [
      "an empty nonce",
      () => withExtensions(extensionNode(OID.ocspNonce, false, octetString(new Uint8Array()))),
      "malformed",
      "rfc9654.2.1",
    ],
    [
      "a nonce of 129 octets",
      () => withExtensions(extensionNode(OID.ocspNonce, false, octetString(new Uint8Array(129)))),
      "malformed",
      "rfc9654.2.1",
    ],
    [
      "a nonce that is no OCTET STRING",
      () => withExtensions(extensionNode(OID.ocspNonce, false, integer(7))),
      "malformed",
      "x690.tag",
    ],
    [
      "two nonces",
      () => {
        const nonce = extensionNode(OID.ocspNonce, false, octetString(Uint8Array.of(1)));
        return withExtensions(nonce, nonce);
      },
      "malformed",
      "rfc9654.2.1",
    ],
    ["a CertID that is none", () => request(listOf(encodeDer(sequence()))), "malformed", "asn1.missing"],
    [
      "a serial number of 65 octets",
      () => request(listOf(certId("7f".repeat(65)))),
      "malformed",
      "rfc6960.4.1.1",
    ],
    [
      "octets behind the end",
      () => new Uint8Array([...request(listOf(certId())), 0]),
      "malformed",
      "x690.trailing",
    ],
    [
      "a certificate",
      () => encodeDer(sequence(sequence(oid("1.2.3")), sequence(oid("1.2.3")), element(TAG.bitString, "a"))),
      "malformed",
      "asn1.surplus",
    ],
  ])("%s", (_, octets, code, rule) => {
    expect(refusal(octets())).toEqual([code, rule]);
  });
});
