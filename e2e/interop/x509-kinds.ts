import type { CertificateExtensions } from "#lib/x509/certificate-extensions.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import { parseName } from "#lib/x509/name.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

export type Purpose = "server" | "client" | "ocsp";

/** One chain of a kind that we issue, and the name a relying party would look for. */
export interface Kind {
  name: string;
  algorithm: KeyAlgorithm;
  purpose: Purpose;
  /** Leaf first, root last. */
  chain: TestIdentity[];
  expects: GeneralName | null;
}

const EXTENDED = { server: ["serverAuth"], client: ["clientAuth"], ocsp: ["ocspSigning"] } as const;

interface Recipe {
  name: string;
  algorithm?: KeyAlgorithm;
  purpose?: Purpose;
  names?: GeneralName[];
  subject?: string;
  leaf?: Partial<CertificateExtensions>;
  intermediate?: Partial<CertificateExtensions>;
  rootNotAfter?: Date;
  lifeHours?: number;
}

const dns: GeneralName = { type: "dns", value: "api.example" };
const ip: GeneralName = { type: "ip", value: "192.0.2.7" };
const email: GeneralName = { type: "email", value: "ops@mail.example" };

const RECIPES: readonly Recipe[] = [
  ...Object.values(KEY_ALGORITHMS).map(({ algorithm, label }) => ({ name: `${label} server`, algorithm })),
  {
    name: "client, SPIFFE id",
    purpose: "client",
    names: [{ type: "uri", value: "spiffe://example/ns/prod/sa/api" }],
  },
  { name: "RSA 2048 client", algorithm: "rsa-2048", purpose: "client" },
  { name: "server and client in one", leaf: { extendedKeyUsage: ["serverAuth", "clientAuth"] } },
  { name: "SAN wildcard DNS", names: [{ type: "dns", value: "*.svc.example" }] },
  { name: "SAN IPv4", names: [ip] },
  { name: "SAN IPv6", names: [{ type: "ip", value: "2001:db8::7" }] },
  { name: "SAN e-mail", purpose: "client", names: [email] },
  { name: "SAN all four", names: [dns, ip, { type: "uri", value: "https://api.example/v1" }, email] },
  { name: "empty subject", subject: "" },
  { name: "UTF-8 and multi-valued subject", subject: "CN=Größe+UID=42,OU=Prüfstand \\, Süd,O=Example" },
  {
    name: "name-constrained intermediate",
    names: [dns, ip, email],
    intermediate: {
      nameConstraints: {
        permitted: [
          { type: "dns", value: "example" },
          { type: "ip", value: "192.0.2.0/24" },
          { type: "email", value: "mail.example" },
          { type: "directoryName", value: "O=Example", name: parseName("O=Example") },
        ],
        excluded: [{ type: "dns", value: "secret.example" }],
      },
    },
  },
  { name: "path length 0", intermediate: { basicConstraints: { ca: true, pathLength: 0 } } },
  {
    name: "CRL distribution point and AIA",
    leaf: {
      crlDistributionPoints: ["http://ca.example:3080/crl/a.crl"],
      authorityInfoAccess: {
        ocsp: ["http://ca.example:3080/ocsp"],
        caIssuers: ["http://ca.example:3080/ca/a.crt"],
      },
    },
  },
  { name: "certificate policy", leaf: { certificatePolicies: ["1.3.6.1.4.1.99999.1"] } },
  { name: "root until 2060", rootNotAfter: new Date("2060-01-01T00:00:00Z") },
  { name: "short-lived client", purpose: "client", lifeHours: 2 },
  {
    name: "OCSP signer, no-check",
    purpose: "ocsp",
    leaf: { subjectAlternativeNames: [], ocspNoCheck: true },
  },
];

/** Makes one chain of every kind. */
export async function makeKinds(): Promise<Kind[]> {
  return Promise.all(RECIPES.map(makeKind));
}

async function makeKind(recipe: Recipe): Promise<Kind> {
  const { name, algorithm = "ecdsa-p256", purpose = "server", names = [dns] } = recipe;
  const root = await testAuthority({ algorithm, notAfter: recipe.rootNotAfter });
  const intermediate = await testAuthority({ algorithm, extensions: recipe.intermediate }, root);
  const leaf = await testLeaf(intermediate, {
    subject: recipe.subject,
    notAfter:
      recipe.lifeHours === undefined
        ? undefined
        : new Date(Math.floor(Date.now() / 1000 + recipe.lifeHours * 3600) * 1000),
    extensions: {
      keyUsage: algorithm.startsWith("rsa") ? ["digitalSignature", "keyEncipherment"] : ["digitalSignature"],
      extendedKeyUsage: EXTENDED[purpose],
      subjectAlternativeNames: names,
      ...recipe.leaf,
    },
  });
  return {
    name,
    algorithm,
    purpose,
    chain: [leaf, intermediate, root],
    expects: purpose === "ocsp" ? null : (names[0] ?? null),
  };
}
