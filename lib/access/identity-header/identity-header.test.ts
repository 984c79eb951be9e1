import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { IDENTITY_HEADERS, type IdentityHeader } from "#lib/access/proxy-input.ts";
import { encodeBase64 } from "#lib/x509/base64.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { readBase64Der } from "./base64-der.ts";
import { readEscapedPem } from "./escaped-pem.ts";
import { readForwardedClientCert } from "./forwarded-client-cert.ts";
import type { IdentityResult, RequestHeaders } from "./identity-certificate.ts";
import { readIdentityHeader } from "./proxy-header.ts";
import { readClientCert } from "./rfc9440.ts";

const DER = Uint8Array.from({ length: 700 }, (_, index) => (index * 37) % 256);
const OTHER = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);
const PEM = encodePem("CERTIFICATE", DER);
const BASE64 = encodeBase64(DER);
const found = (chain: Uint8Array[] = []) => ({ leaf: DER, chain });

const escaped = (headers: RequestHeaders) => readEscapedPem(headers, "x-client-cert");
const plain = (headers: RequestHeaders) => readBase64Der(headers, "x-client-cert");
const all = {
  "RFC 9440": readClientCert,
  "escaped PEM": escaped,
  base64: plain,
  XFCC: readForwardedClientCert,
};

describe("RFC 9440", () => {
  test.each<[string, RequestHeaders, IdentityResult]>([
    ["the leaf", { "client-cert": `:${BASE64}:` }, found()],
    ["blanks around it", { "client-cert": `  :${BASE64}: ` }, found()],
    ["parameters, which mean nothing", { "client-cert": `:${BASE64}:;a=1` }, found()],
    [
      "with the chain above it",
      { "client-cert": `:${BASE64}:`, "client-cert-chain": `:${encodeBase64(OTHER)}:, :${BASE64}:` },
      found([OTHER, DER]),
    ],
    ["with a chain that is none", { "client-cert": `:${BASE64}:`, "client-cert-chain": "?" }, found()],
    ["none", {}, "absent"],
    ["an empty one", { "client-cert": "" }, "absent"],
    ["base64 alone", { "client-cert": BASE64 }, "unreadable"],
    ["nothing between the colons", { "client-cert": "::" }, "unreadable"],
    ["two in one", { "client-cert": `:${BASE64}:, :${BASE64}:` }, "several"],
    ["twice", { "client-cert": [`:${BASE64}:`, `:${BASE64}:`] }, "several"],
    ["too long", { "client-cert": `:${"A".repeat(70_000)}:` }, "unreadable"],
  ])("Client-Cert with %s", (_, headers, expected) => {
    expect(readClientCert(headers)).toEqual(expected);
  });
});

describe("percent-encoded PEM", () => {
  test.each<[string, string | string[], IdentityResult]>([
    ["as nginx writes it", encodeURIComponent(PEM), found()],
    ["two certificates", encodeURIComponent(PEM + PEM), "several"],
    ["another block", encodeURIComponent(encodePem("PRIVATE KEY", DER)), "unreadable"],
    ["text around it", encodeURIComponent(`hello ${PEM}`), "unreadable"],
    ["a broken escape", "%E0%A4%A", "unreadable"],
    ["not encoded", "-----BEGIN CERTIFICATE-----", "unreadable"],
    ["a megabyte", "A".repeat(1_000_000), "unreadable"],
    ["twice", [encodeURIComponent(PEM), encodeURIComponent(PEM)], "several"],
    ["what nginx sends without a certificate", "", "absent"],
  ])("%s", (_, value, expected) => {
    expect(escaped({ "x-client-cert": value })).toEqual(expected);
  });
});

describe("base64", () => {
  test.each<[string, string, IdentityResult]>([
    ["as Caddy writes it", BASE64, found()],
    [
      "percent-encoded, with its chain, as Traefik does",
      encodeURIComponent(`${BASE64},${encodeBase64(OTHER)}`),
      found([OTHER]),
    ],
    [
      "a plus is no blank",
      encodeBase64(Uint8Array.of(0xfb, 0xef, 0xbe)),
      { leaf: Uint8Array.of(0xfb, 0xef, 0xbe), chain: [] },
    ],
    ["no base64", "~~~~", "unreadable"],
    ["nothing before the comma", `,${BASE64}`, "unreadable"],
    ["a chain without end", `${BASE64}${",AAAA".repeat(40)}`, "unreadable"],
  ])("%s", (_, value, expected) => {
    expect(plain({ "x-client-cert": value })).toEqual(expected);
  });
});

describe("Envoy's header", () => {
  const cert = `Cert="${encodeURIComponent(PEM)}"`;
  test.each<[string, string, IdentityResult]>([
    ["one element", `By=spiffe://a;Hash=00;${cert};Subject="CN=\\"x, y\\";O=z";URI=spiffe://b`, found()],
    ["not quoted, and in other case", `cert=${encodeURIComponent(PEM)}`, found()],
    ["no certificate", 'Hash=00;Subject="CN=a"', "absent"],
    ["what somebody sent before it", `${cert},${cert}`, "several"],
    ["two certificates in one element", `${cert};${cert}`, "several"],
    ["no pairs", "hello", "unreadable"],
    ["a quotation without end", 'Cert="abc', "unreadable"],
  ])("%s", (_, value, expected) => {
    expect(readForwardedClientCert({ "x-forwarded-client-cert": value })).toEqual(expected);
  });
});

test.each(Object.entries(all))(
  "%s: whatever is sent, it is a certificate or a fault, and soon",
  (_, read) => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(BASE64, PEM, encodeURIComponent(PEM), ":", ",", ";", "Cert=", '"', "\\", "=", "%"),
    );
    const value = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(value, (text) => {
        const result = read({
          "client-cert": text,
          "x-client-cert": text,
          "x-forwarded-client-cert": text,
          "client-cert-chain": text,
        });
        if (typeof result === "string") expect(result).toMatch(/^(absent|several|unreadable)$/);
        else expect(result.leaf.length).toBeGreaterThan(0);
      }),
      { numRuns: FUZZ_RUNS, seed: SEED },
    );
    const before = process.cpuUsage();
    for (const unit of ["\\", '"', "a=", 'Cert="', ",", ";", ":", "%41", "-----BEGIN "]) {
      const text = unit.repeat(60_000 / unit.length);
      read({ "client-cert": text, "x-client-cert": text, "x-forwarded-client-cert": text });
      read({
        "client-cert": `:${text}`,
        "x-client-cert": `A${text}`,
        "x-forwarded-client-cert": `Cert="${text}`,
      });
    }
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(2_000);
  },
);

const AS_WRITTEN: Record<IdentityHeader, string> = {
  "client-cert": `:${BASE64}:`,
  "x-client-cert-pem": encodeURIComponent(PEM),
  "x-client-cert-der": BASE64,
  "x-forwarded-client-cert": `Hash=aa;Cert="${encodeURIComponent(PEM)}"`,
  // Traefik 3; version 2 percent-encodes the same.
  "x-forwarded-tls-client-cert": `${BASE64},${encodeBase64(OTHER)}`,
};

test.each(IDENTITY_HEADERS)("%s is read as its proxy writes it, whatever stands in the others", (header) => {
  const forged = Object.fromEntries(IDENTITY_HEADERS.map((name) => [name, `:${encodeBase64(OTHER)}:`]));
  const read = readIdentityHeader(header, { ...forged, [header]: AS_WRITTEN[header] });
  expect(read).toMatchObject({ leaf: DER });
  const { [header]: _, ...others } = forged;
  expect(readIdentityHeader(header, others)).toBe("absent");
});
