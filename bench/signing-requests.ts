import { generateKeyPairSync } from "node:crypto";
import { buildCertificateSigningRequest } from "#lib/x509/csr.ts";
import { OID } from "#lib/x509/oids.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** P-256 signing requests in PEM, each with a DNS name and a URI. */
export function signingRequests(count: number): string[] {
  return Array.from({ length: count }, (_, number) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const der = buildCertificateSigningRequest({
      privateKey,
      spki: publicKey.export({ format: "der", type: "spki" }),
      algorithm: "ecdsa-p256",
      subject: [[{ type: OID.commonName, value: `host-${number}.example.com` }]],
      names: [
        { type: "dns", value: `host-${number}.example.com` },
        { type: "uri", value: `spiffe://example.com/host-${number}` },
      ],
    });
    return encodePem("CERTIFICATE REQUEST", der);
  });
}
