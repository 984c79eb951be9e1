import { comparableName } from "#lib/handshake/comparable-name.ts";
import {
  type InventoryCertificate,
  type InventoryCrl,
  inventoryOf,
} from "#lib/handshake/inventory-in-memory.ts";
import type { Observation, SeenCertificate } from "#lib/handshake/observation.ts";

/** The moment of every handshake of this world. */
export const THEN = Date.parse("2031-03-04T05:06:07Z");
export const DAY = 86_400_000;

export const ROOT = "CN=Hekla Root,O=Hekla Freight,C=IS";
export const REKEYED = "CN=Hekla Root 2,O=Hekla Freight,C=IS";
export const ISSUING = "CN=Hekla Issuing,O=Hekla Freight,C=IS";
export const SUB = "CN=Hekla Sub,O=Hekla Freight,C=IS";
export const BELOW_REKEYED = "CN=Hekla Ferry,O=Hekla Freight,C=IS";
export const OLD = "CN=Hekla Old,O=Hekla Freight,C=IS";
export const OLD_ROOT = "CN=Hekla Root 0,O=Hekla Freight,C=IS";
export const BELOW_OLD_ROOT = "CN=Hekla Harbour,O=Hekla Freight,C=IS";
export const STOLEN = "CN=Hekla Stolen,O=Hekla Freight,C=IS";
export const PARTNER_ROOT = "CN=Skua Root,O=Skua Cargo,C=FO";
export const PARTNER = "CN=Skua Issuing,O=Skua Cargo,C=FO";

const name = (text: string) => comparableName(text) ?? "";
const shown = (text: string) => text.slice(3, text.indexOf(","));

type Fields = Partial<Omit<InventoryCertificate, "subject" | "issuer">>;

function certificate(subject: string, issuer: string, fields: Fields = {}): InventoryCertificate {
  const id = fields.id ?? shown(subject).toLowerCase().replaceAll(" ", "-");
  return {
    id,
    name: shown(subject),
    subject: name(subject),
    issuer: name(issuer),
    serial: Buffer.from(id).toString("hex"),
    sha1: `a1${Buffer.from(id).toString("hex")}`,
    sha256: `a256${Buffer.from(id).toString("hex")}`,
    key: `key of ${id}`,
    notBefore: THEN - 300 * DAY,
    notAfter: THEN + 300 * DAY,
    isAuthority: false,
    revocation: null,
    extendedKeyUsage: ["clientAuth"],
    names: [],
    trust: "unknown",
    client: null,
    ...fields,
  };
}

const authority = (subject: string, issuer: string, fields: Fields = {}) =>
  certificate(subject, issuer, { isAuthority: true, extendedKeyUsage: null, ...fields });

export const WORLD: readonly InventoryCertificate[] = [
  authority(ROOT, ROOT, { trust: "trusted" }),
  authority(REKEYED, REKEYED, { id: "former-key", trust: "trusted" }),
  authority(REKEYED, REKEYED, { id: "present-key", trust: "trusted" }),
  authority(OLD_ROOT, OLD_ROOT, { trust: "trusted", notAfter: THEN - 3 * DAY }),
  authority(PARTNER_ROOT, PARTNER_ROOT, { trust: "foreign" }),
  authority(ISSUING, ROOT),
  authority(SUB, ISSUING),
  authority(BELOW_REKEYED, REKEYED),
  authority(BELOW_OLD_ROOT, OLD_ROOT),
  authority(OLD, ROOT, { notAfter: THEN - 5 * DAY }),
  authority(STOLEN, ROOT, { revocation: { since: THEN - 9 * DAY, isHold: false } }),
  authority(PARTNER, PARTNER_ROOT),
  certificate("CN=truck,O=Hekla Freight,C=IS", ISSUING, {
    client: { id: "c1", name: "Truck computers", refused: null },
  }),
  certificate("CN=late,O=Hekla Freight,C=IS", ISSUING, { notAfter: THEN - 2 * DAY }),
  certificate("CN=lost,O=Hekla Freight,C=IS", ISSUING, { revocation: { since: THEN - DAY, isHold: false } }),
  certificate("CN=crane,O=Hekla Freight,C=IS", SUB),
  certificate("CN=ferry,O=Hekla Freight,C=IS", BELOW_REKEYED),
  certificate("CN=harbour,O=Hekla Freight,C=IS", BELOW_OLD_ROOT),
  certificate("CN=antique,O=Hekla Freight,C=IS", OLD),
  certificate("CN=robbed,O=Hekla Freight,C=IS", STOLEN),
  certificate("CN=web,O=Hekla Freight,C=IS", ISSUING, {
    extendedKeyUsage: ["serverAuth"],
    names: ["dns:web.hekla.example"],
  }),
  certificate("CN=twin-1,O=Hekla Freight,C=IS", ISSUING, { notAfter: THEN - 7 * DAY }),
  certificate("CN=twin-2,O=Hekla Freight,C=IS", ISSUING, { notAfter: THEN - 7 * DAY }),
  certificate("CN=guest,O=Skua Cargo,C=FO", PARTNER),
];

const CRLS: readonly InventoryCrl[] = [ROOT, SUB].map((issuer) => ({
  issuer: name(issuer),
  thisUpdate: THEN - DAY,
  nextUpdate: THEN + DAY,
  revoked: [],
}));

export const world = inventoryOf(WORLD, CRLS);

/** A certificate of this world as a line describes it; one that is not in it has names only. */
export function seen(id: string, fields: Partial<SeenCertificate> = {}): SeenCertificate {
  const known = WORLD.find((each) => each.id === id);
  return {
    role: "leaf",
    subject: known === undefined ? `CN=${id},O=Nobody,C=GL` : textOf(known.subject),
    issuer: known === undefined ? "CN=Nobody's CA,O=Nobody,C=GL" : textOf(known.issuer),
    serial: known?.serial ?? "77",
    sha1: null,
    sha256: null,
    notBefore: null,
    notAfter: null,
    names: [],
    ...fields,
  };
}

const TYPES: Record<string, string> = { "2.5.4.3": "CN", "2.5.4.10": "O", "2.5.4.6": "C" };

function textOf(comparable: string): string {
  return comparable
    .split("\n")
    .map((attribute) => attribute.replace(/^[^=]+/, (type) => TYPES[type] ?? type))
    .join(",");
}

/** A line of nginx of that moment, with what is given. */
export function observation(fields: Partial<Observation> = {}): Observation {
  return {
    proxy: "nginx",
    log: "error",
    at: THEN,
    zone: "said",
    keys: [],
    peer: null,
    direction: "inbound",
    outcome: "refused",
    finding: null,
    certificate: null,
    serverName: null,
    listener: null,
    upstream: null,
    tls: null,
    status: null,
    quote: "what the line says",
    ...fields,
  };
}
