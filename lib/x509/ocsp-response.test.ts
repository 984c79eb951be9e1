import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { DomainError } from "../errors.ts";
import { keyIdentifier } from "./certificate.ts";
import { extensionNode } from "./certificate-extensions.ts";
import { parseCertificate } from "./certificate-reader.ts";
import { readDer } from "./der-reader.ts";
import {
  bitString,
  context,
  contextPrimitive,
  type DerNode,
  element,
  encodeDer,
  generalizedTime,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
  TAG,
  time,
} from "./der-writer.ts";
import { toHex } from "./hex.ts";
import { signTbs } from "./key.ts";
import type { KeyAlgorithm } from "./key-algorithm.ts";
import { encodeName } from "./name.ts";
import { encodeCertId, readCertId } from "./ocsp-cert-id.ts";
import {
  assembleOcspResponse,
  encodeResponseData,
  OCSP_ERRORS,
  type OcspErrorStatus,
  ocspError,
  type ResponseDataInput,
} from "./ocsp-response.ts";
import { checkOcspAnswer } from "./ocsp-response-check.ts";
import { type OcspAnswer, readOcspResponse } from "./ocsp-response-reader.ts";
import { OID } from "./oids.ts";
import { REVOCATION_REASONS, type RevocationReason } from "./revocation-reason.ts";
import { type TestIdentity, testAuthority, testLeaf } from "./testdata/issue.ts";

let issuer: TestIdentity;
let delegate: TestIdentity;
const DELEGATE = { extensions: { extendedKeyUsage: ["ocspSigning"], ocspNoCheck: true } };
beforeAll(async () => {
  issuer = await testAuthority();
  delegate = await testLeaf(issuer, { subject: "CN=Responder", ...DELEGATE });
});

const NOW = new Date(Math.floor(Date.now() / 1000) * 1000);
const LATER = new Date(NOW.getTime() + 3_600_000);
const nameAndKey = ({ subject, spki }: TestIdentity) => ({ subject: encodeName(subject), spki });
const certId = (serial = "4fa017") => encodeCertId(nameAndKey(issuer), serial, "sha1");

/** The answer that a certificate is good, unless the wishes say otherwise. */
function dataOf(wishes: Partial<ResponseDataInput> = {}, responder = delegate): Uint8Array {
  return encodeResponseData({
    responderKeyHash: keyIdentifier(responder.spki),
    producedAt: NOW,
    responses: [{ certId: certId(), status: { kind: "good" }, thisUpdate: NOW, nextUpdate: LATER }],
    nonce: null,
    ...wishes,
  });
}

/** @param certificates that go along; the responder's own unless told */
function responseBy(responder: TestIdentity, data: Uint8Array, certificates = [responder.der]): Uint8Array {
  const signature = signTbs(data, responder.privateKey, responder.algorithm);
  return assembleOcspResponse(data, responder.algorithm, signature, certificates);
}

function answerIn(octets: Uint8Array): OcspAnswer {
  const response = readOcspResponse(octets);
  if (response.status !== "successful") throw new TypeError(response.status);
  return response.answer;
}

const trustIn = (octets: Uint8Array, now = NOW) => checkOcspAnswer(answerIn(octets), nameAndKey(issuer), now);

describe("what is written is read", () => {
  test("every status and every reason, each certificate by the octets of its question", () => {
    const reasons = Object.keys(REVOCATION_REASONS) as RevocationReason[];
    const times = { thisUpdate: NOW, nextUpdate: LATER };
    const statuses = [
      { kind: "good" } as const,
      { kind: "unknown" } as const,
      ...reasons.map(
        (reason) => ({ kind: "revoked", at: new Date("2051-02-03T04:05:06Z"), reason }) as const,
      ),
    ];
    const responses = statuses.map((status, at) => ({
      certId: certId(`4f0${at.toString(16)}`),
      status,
      ...times,
    }));
    const answer = answerIn(responseBy(delegate, dataOf({ responses })));
    expect(answer.responses).toEqual(
      responses.map((written) => ({ ...written, certId: readCertId(readDer(written.certId, "id")) })),
    );
    expect(answer.responses.map(({ certId: { raw } }) => toHex(raw))).toEqual(
      responses.map(({ certId: raw }) => toHex(raw)),
    );
    expect(answer.producedAt).toEqual(NOW);
    expect(answer.responder).toEqual({ kind: "key", keyHash: toHex(keyIdentifier(delegate.spki)) });
    expect(answer.certificates).toEqual([delegate.der]);
    expect(answer.nonce).toBeNull();
  });

  test("the reason is absent when it is unspecified", () => {
    const at = new Date("2026-01-02T03:04:05Z");
    const ending = (reason: RevocationReason) => {
      const status = { kind: "revoked", at, reason } as const;
      const responses = [{ certId: certId(), status, thisUpdate: NOW, nextUpdate: LATER }];
      return toHex(dataOf({ responses }));
    };
    expect(ending("unspecified")).toContain("a111180f32303236303130323033303430355a18");
    expect(ending("certificateHold")).toContain("a116180f32303236303130323033303430355aa0030a010618");
  });

  test.each([1, 32, 128])("a nonce of %i octets", (octets) => {
    const nonce = new Uint8Array(randomBytes(octets));
    expect(answerIn(responseBy(delegate, dataOf({ nonce }))).nonce).toEqual(nonce);
  });

  test.each(Object.entries(OCSP_ERRORS))("the error %s is five octets", (status, code) => {
    const der = ocspError(status as OcspErrorStatus);
    expect(toHex(der)).toBe(`30030a010${code}`);
    expect(readOcspResponse(der)).toEqual({ status });
  });

  test.each<KeyAlgorithm>(["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-2048", "ml-dsa-44"])(
    "an answer signed with %s is its signer's alone",
    async (algorithm) => {
      const authority = await testAuthority({ algorithm });
      const responder = await testLeaf(authority, { algorithm, ...DELEGATE });
      const answer = answerIn(responseBy(responder, dataOf({}, responder)));
      expect(checkOcspAnswer(answer, nameAndKey(authority), NOW)).toMatchObject({ isTrusted: true });
      const signature = new Uint8Array(answer.signature);
      signature[signature.length - 1] = (signature.at(-1) as number) ^ 1;
      expect(checkOcspAnswer({ ...answer, signature }, nameAndKey(authority), NOW)).toEqual({
        isTrusted: false,
        problem: "bad-signature",
      });
    },
  );
});

describe("an answer is believed (RFC 6960 §4.2.2.2)", () => {
  test("when the authority itself has signed it, named by key or by name", () => {
    expect(trustIn(responseBy(issuer, dataOf({}, issuer), []))).toEqual({ isTrusted: true, delegate: null });
    expect(trustIn(responseBy(issuer, byName(issuer), []))).toEqual({ isTrusted: true, delegate: null });
  });

  test("when its delegate has, named by key or by name, wherever its certificate stands among others", () => {
    const trust = { isTrusted: true, delegate: { sha256: parseCertificate(delegate.der).sha256 } };
    expect(trustIn(responseBy(delegate, dataOf()))).toMatchObject(trust);
    const others = [Uint8Array.of(0x30, 0), issuer.der, delegate.der];
    expect(trustIn(responseBy(delegate, byName(delegate), others))).toMatchObject(trust);
  });

  test("not when the responder's certificate is not there, or is of another key", async () => {
    const problem = { isTrusted: false, problem: "unknown-responder" };
    expect(trustIn(responseBy(delegate, dataOf(), []))).toEqual(problem);
    expect(trustIn(responseBy(delegate, dataOf(), [issuer.der]))).toEqual(problem);
  });

  test("not when another authority issued the delegate, though of the same name", async () => {
    const other = await testAuthority();
    const theirs = await testLeaf(other, DELEGATE);
    expect(trustIn(responseBy(theirs, dataOf({}, theirs)))).toEqual({
      isTrusted: false,
      problem: "foreign-delegate",
    });
  });

  test("not when the delegate's certificate is for something else", async () => {
    for (const extendedKeyUsage of [["serverAuth"], ["anyExtendedKeyUsage"], []]) {
      const server = await testLeaf(issuer, { extensions: { extendedKeyUsage } });
      expect(trustIn(responseBy(server, dataOf({}, server)))).toEqual({
        isTrusted: false,
        problem: "no-ocsp-signing",
      });
    }
  });

  test("not when the delegate's certificate is no longer or not yet valid", () => {
    const response = responseBy(delegate, dataOf());
    const { notBefore, notAfter } = parseCertificate(delegate.der);
    const problem = { isTrusted: false, problem: "delegate-expired" };
    expect(trustIn(response, new Date(notAfter.getTime() + 1000))).toEqual(problem);
    expect(trustIn(response, new Date(notBefore.getTime() - 1000))).toEqual(problem);
    expect(trustIn(response, notAfter)).toMatchObject({ isTrusted: true });
  });

  test("not when somebody else signed in the delegate's name", () => {
    const data = dataOf();
    const signature = signTbs(data, issuer.privateKey, issuer.algorithm);
    const response = assembleOcspResponse(data, issuer.algorithm, signature, [delegate.der]);
    expect(trustIn(response)).toEqual({ isTrusted: false, problem: "bad-signature" });
  });
});

/** Response data of a responder that goes by its name. */
function byName(responder: TestIdentity): Uint8Array {
  return responseData({ responder: context(1, encodeName(responder.subject)) });
}

interface DataWishes {
  version?: number;
  responder?: DerNode;
  producedAt?: DerNode;
  responses?: readonly DerNode[];
  extensions?: readonly DerNode[];
}

function single(status: DerNode = contextPrimitive(0, ""), ...more: DerNode[]): DerNode {
  return sequence(certId(), status, generalizedTime(NOW), ...more);
}

/** Response data of any shape. */
function responseData(wishes: DataWishes): Uint8Array {
  const { version, responder = context(2, octetString(new Uint8Array(20))), extensions } = wishes;
  const { producedAt = generalizedTime(NOW), responses = [single()] } = wishes;
  const members = [responder, producedAt, sequence(...responses)];
  if (version !== undefined) members.unshift(context(0, integer(version)));
  if (extensions !== undefined) members.push(context(1, sequence(...extensions)));
  return encodeDer(sequence(...members));
}

describe("what is not a response is refused by name of the rule", () => {
  const signed = (wishes: DataWishes, certificates?: Uint8Array[]) =>
    responseBy(delegate, responseData(wishes), certificates);
  const enumerated = (code: number) => element(TAG.enumerated, Uint8Array.of(code));

  test("a single response without nextUpdate is one", () => {
    expect(answerIn(signed({ version: 0 })).responses[0]?.nextUpdate).toBeNull();
  });

  test.each<[string, () => Uint8Array, string]>([
    ["nothing", () => new Uint8Array(), "x690.truncated"],
    ["an unknown status", () => encodeDer(sequence(enumerated(4))), "rfc6960.4.2.1"],
    ["success without an answer", () => encodeDer(sequence(enumerated(0))), "rfc6960.4.2.1"],
    [
      "an answer of another type",
      () => encodeDer(sequence(enumerated(0), context(0, sequence(oid("1.2.3"), octetString(sequence()))))),
      "rfc6960.4.2.1",
    ],
    ["version 2", () => signed({ version: 1 }), "rfc6960.4.2.1"],
    ["a responder named by number", () => signed({ responder: context(3, integer(1)) }), "rfc6960.4.2.1"],
    ["a time as UTCTime", () => signed({ producedAt: time(NOW) }), "x690.tag"],
    ["no single response", () => signed({ responses: [] }), "ocsp.count"],
    ["101 of them", () => signed({ responses: Array.from({ length: 101 }, () => single()) }), "ocsp.count"],
    ["eleven certificates", () => signed({}, Array(11).fill(Uint8Array.of(0x30, 0))), "ocsp.count"],
    ["a status of another kind", () => signed({ responses: [single(contextPrimitive(3, ""))] }), "x690.tag"],
    ["good with content", () => signed({ responses: [single(contextPrimitive(0, "a"))] }), "x690.tag"],
    [
      "an unknown critical extension",
      () => signed({ extensions: [extensionNode("1.2.3", true, NULL)] }),
      "rfc6960.4.4",
    ],
    [
      "an unknown critical extension of one certificate",
      () =>
        signed({ responses: [single(undefined, context(1, sequence(extensionNode("1.2.3", true, NULL))))] }),
      "rfc6960.4.4",
    ],
    [
      "a nonce of 129 octets",
      () => signed({ extensions: [extensionNode(OID.ocspNonce, false, octetString(new Uint8Array(129)))] }),
      "rfc9654.2.1",
    ],
    [
      "a basic response without a signature",
      () => {
        const basic = sequence(responseData({}), sequence(oid(OID.ecdsaWithSha256)));
        return encodeDer(
          sequence(enumerated(0), context(0, sequence(oid(OID.ocspBasic), octetString(basic)))),
        );
      },
      "asn1.missing",
    ],
    ["more than 128 KiB", () => signed({}, [encodeDer(bitString(new Uint8Array(140_000)))]), "der.size"],
  ])("%s", (_, octets, rule) => {
    let refusal: unknown = null;
    try {
      readOcspResponse(octets());
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(DomainError);
    expect((refusal as DomainError).violations[0]?.rule).toBe(rule);
  });
});
