import { listenerNames } from "#lib/authority/listener-credential.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Config } from "#lib/config.ts";
import { assembleCertificate, encodeTbsCertificate, keyIdentifier } from "#lib/x509/certificate.ts";
import { generateKeyPair, signTbs } from "#lib/x509/key.ts";
import { OID } from "#lib/x509/oids.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { encodePrivateKeyPem } from "#lib/x509/private-key.ts";
import { newSerialNumber } from "#lib/x509/serial-number.ts";

/**
 * A certificate that a listener presents before set-up, when there is no authority yet. It is in
 * memory only, lives a day and vouches for nothing.
 *
 * @param now whole seconds
 */
export async function selfSignedCredential(
  config: Config,
  now: Date,
): Promise<{ key: string; cert: string }> {
  const { privateKey, spki } = await generateKeyPair("ecdsa-p256");
  const name = [[{ type: OID.commonName, value: "Countersign before set-up" }]];
  const toBeSigned = encodeTbsCertificate({
    serialNumber: newSerialNumber(),
    issuer: name,
    subject: name,
    notBefore: addSeconds(now, -300),
    notAfter: addSeconds(now, 86_400),
    spki,
    signatureAlgorithm: "ecdsa-p256",
    extensions: {
      keyUsage: ["digitalSignature"],
      extendedKeyUsage: ["serverAuth"],
      subjectAlternativeNames: listenerNames(config, "protocol"),
      subjectKeyIdentifier: keyIdentifier(spki),
    },
  });
  const der = assembleCertificate(toBeSigned, "ecdsa-p256", signTbs(toBeSigned, privateKey, "ecdsa-p256"));
  return { key: encodePrivateKeyPem(privateKey), cert: encodePem("CERTIFICATE", der) };
}
