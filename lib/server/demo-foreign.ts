import { generateKeyPair as generateWithCallback, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { assembleCertificate, encodeTbsCertificate, keyIdentifier } from "#lib/x509/certificate.ts";
import type { CertificateExtensions } from "#lib/x509/certificate-extensions.ts";
import { generateKeyPair, publicKeyOf, signTbs } from "#lib/x509/key.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { encodeName, type Name, parseName } from "#lib/x509/name.ts";
import { newSerialNumber } from "#lib/x509/serial-number.ts";

/** Certificates that others are said to have made, DER. */
export interface DemoForeign {
  /** A partner's, the root first. */
  partner: Uint8Array[];
  /** What appliances brought along from their factories. */
  appliances: Uint8Array[];
}

interface Key {
  privateKey: KeyObject;
  spki: Uint8Array;
  algorithm: KeyAlgorithm;
}

interface Holder extends Key {
  subject: Name;
}

const DAY_MS = 86_400_000;
const AUTHORITY: CertificateExtensions = {
  basicConstraints: { ca: true },
  keyUsage: ["keyCertSign", "cRLSign"],
};

/** Makes the certificates of others that the demo imports. */
export async function demoForeign(now: Date): Promise<DemoForeign> {
  const foreign: DemoForeign = { partner: [], appliances: [] };
  const add = (
    subject: string,
    [from, to]: [daysFrom: number, daysTo: number],
    key: Key,
    issuer: Holder | null,
    extensions: CertificateExtensions,
  ): Holder => {
    const holder = { ...key, subject: parseName(subject) };
    const validity = { notBefore: daysFrom(now, from), notAfter: daysFrom(now, to) };
    const list = subject.endsWith("O=Nordgrid") ? foreign.partner : foreign.appliances;
    list.push(sign(holder, issuer ?? holder, validity, extensions));
    return holder;
  };
  const ec = () => keyOf("ecdsa-p256");

  const root = add("CN=Nordgrid Root CA,O=Nordgrid", [-1500, 5000], await ec(), null, AUTHORITY);
  const sub = add("CN=Nordgrid Issuing CA 2,O=Nordgrid", [-900, 900], await ec(), root, AUTHORITY);
  const partners: [name: string, from: number, to: number][] = [
    ["dispatch.nordgrid.example", -40, 325],
    ["metering.nordgrid.example", -200, 165],
    ["forecast.nordgrid.example", -340, 25],
    ["settlement.nordgrid.example", -364, 1],
    ["archive.nordgrid.example", -500, -135],
    ["dispatch-next.nordgrid.example", 21, 386],
  ];
  for (const [name, from, to] of partners) {
    add(`CN=${name},O=Nordgrid`, [from, to], await ec(), sub, server(name));
  }
  const factory = add("CN=Voltaic Device CA,O=Voltaic GmbH", [-2900, 4400], await ec(), null, AUTHORITY);
  for (const device of ["inverter-a7", "inverter-a8", "inverter-b2"]) {
    add(
      `CN=${device},O=Voltaic GmbH`,
      [-700, 6600],
      await ec(),
      factory,
      server(`${device}.voltaic.example`),
    );
  }
  // One key in three devices, as cheap firmware has it.
  const shared = await ec();
  for (const device of ["printer-1.int", "printer-2.int", "printer-3.int"]) {
    add(`CN=${device}`, [-300, 3350], shared, null, server(device));
  }
  const weak = await weakKey();
  add("CN=ups.int,O=Old Appliance", [-2600, 1000], weak, null, server("ups.int"));
  // It may sign certificates, but is no authority (RFC 5280 §4.2.1.9).
  add("CN=door-controller", [-800, 60], await keyOf("rsa-2048"), null, { keyUsage: ["keyCertSign"] });
  return foreign;
}

function server(name: string): CertificateExtensions {
  return {
    keyUsage: ["digitalSignature"],
    extendedKeyUsage: ["serverAuth"],
    subjectAlternativeNames: [{ type: "dns", value: name }],
  };
}

function sign(
  holder: Holder,
  issuer: Holder,
  validity: { notBefore: Date; notAfter: Date },
  extensions: CertificateExtensions,
): Uint8Array {
  const tbs = encodeTbsCertificate({
    serialNumber: newSerialNumber(),
    issuer: encodeName(issuer.subject),
    subject: holder.subject,
    ...validity,
    spki: holder.spki,
    signatureAlgorithm: issuer.algorithm,
    extensions: {
      ...extensions,
      subjectKeyIdentifier: keyIdentifier(holder.spki),
      ...(issuer === holder ? {} : { authorityKeyIdentifier: keyIdentifier(issuer.spki) }),
    },
  });
  return assembleCertificate(tbs, issuer.algorithm, signTbs(tbs, issuer.privateKey, issuer.algorithm));
}

async function keyOf(algorithm: KeyAlgorithm): Promise<Key> {
  return { ...(await generateKeyPair(algorithm)), algorithm };
}

/** Such as nobody should have any more; we make none but here. */
async function weakKey(): Promise<Key> {
  const { privateKey } = await promisify(generateWithCallback)("rsa", { modulusLength: 1024 });
  return { privateKey, spki: publicKeyOf(privateKey), algorithm: "rsa-2048" };
}

function daysFrom(now: Date, days: number): Date {
  return new Date(now.getTime() + days * DAY_MS);
}
