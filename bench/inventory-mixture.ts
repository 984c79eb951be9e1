import { createHash } from "node:crypto";
import { RISKS } from "#lib/inventory/certificate-risks.ts";
import type { CohortFacts } from "#lib/inventory/cohort.ts";
import { sortNameOf } from "#lib/inventory/cohort.ts";

/** A profile of the installation with the authority that issues under it. */
export interface MixtureProfile {
  id: string;
  issuerId: string;
  issuerName: string;
}

/** A made-up certificate as its rows need it; what is shared with others is in `facts`. */
export interface MixtureCertificate {
  id: string;
  serial: string;
  facts: CohortFacts;
  /** The same for all certificates with equal facts. */
  cohortKey: string;
  displayName: string;
  sortName: string;
  notBefore: number;
  notAfter: number;
  keySha256: string;
  sha256: string;
  sha1: string;
  lineageId: string;
  replacesId: string | null;
  createdAt: number;
  names: { type: string; value: string }[];
}

const DAY = 86_400_000;

/** How long certificates have been issued when the inventory is looked at. */
const YEARS_MS = 2 * 365 * DAY;

/** Certificates of one service over that time, about three months apart. */
const GENERATIONS = 8;

const OWNERS = 300;
const WORDS =
  "api auth billing cache catalogue checkout edge events gateway ingest ledger mail metrics orders payments queue search session stock vault".split(
    " ",
  );
const ENVIRONMENTS = ["production", "production", "staging", "development"];
const REGIONS = ["eu-west", "eu-north", "us-east"];
const LIVES_DAYS = [90, 90, 90, 120, 120, 365, 398, 30];
const FOREIGN_ISSUERS = Array.from(
  { length: 24 },
  (_, number) => `CN=Partner CA ${number + 1},O=Partner ${number + 1}`,
);

/**
 * Certificates as an organisation comes to have them over two years: services with an owner and tags that are
 * renewed every three months, some of which are forgotten; one in seven signed by others; weak keys and long
 * lives among the old. The same count gives the same certificates at any moment of a day.
 *
 * @param now milliseconds
 */
export function* inventoryMixture(
  count: number,
  profiles: readonly MixtureProfile[],
  now: number,
): Generator<MixtureCertificate> {
  const services = Math.max(1, Math.ceil(count / GENERATIONS));
  const start = Math.floor((now - YEARS_MS) / 1000) * 1000;
  for (let number = 0; number < count; number++) {
    const createdAt = start + Math.floor((number * (YEARS_MS / count)) / 1000) * 1000;
    yield certificate(number, services, count, createdAt, profiles);
  }
}

function certificate(
  number: number,
  services: number,
  count: number,
  createdAt: number,
  profiles: readonly MixtureProfile[],
): MixtureCertificate {
  const service = number % services;
  const dice = scrambled(service);
  const isForeign = dice % 7 === 0;
  const isForgetful = dice % 11 === 0;
  const isAuthority = isForeign && dice % 5_003 === 0;
  const owner = Math.floor(OWNERS * ((dice % 1_000) / 1_000) ** 2);
  const days = isAuthority
    ? 3_650
    : isForeign && dice % 13 === 0
      ? 1_095
      : (LIVES_DAYS[(dice >>> 4) % 8] ?? 90);
  const begins = number % 9_973 === 7 ? createdAt + 20 * DAY : createdAt - 300_000;
  const renews = !isForeign && !isForgetful;
  const profile = profiles[(owner + (dice % 5 === 0 ? 1 : 0)) % profiles.length];
  const ownWord = WORDS[(dice >>> 8) % WORDS.length] ?? "host";
  const environment = ENVIRONMENTS[(dice >>> 13) % 4] ?? "production";
  const host = `${ownWord}-${service}.team-${owner}.${environment}.example.${isForeign ? "org" : "com"}`;
  const hash = createHash("sha512").update(String(number)).digest("hex");
  const risks =
    (isForeign && dice % 17 === 0 ? RISKS["weak-key"].bit : 0) |
    (days > 825 && !isAuthority ? RISKS["long-life"].bit : 0) |
    (isForeign && dice % 29 === 0 ? RISKS.findings.bit : 0) |
    (dice % 401 === 0 ? RISKS["reused-key"].bit : 0);
  const facts: CohortFacts = {
    kind: isAuthority ? "authority" : "end-entity",
    issuerId: isForeign ? null : (profile?.issuerId ?? null),
    issuerName: isForeign
      ? (FOREIGN_ISSUERS[owner % FOREIGN_ISSUERS.length] ?? "")
      : (profile?.issuerName ?? ""),
    profileId: isForeign ? null : (profile?.id ?? null),
    keyAlgorithm: isForeign
      ? dice % 3 === 0
        ? "ecdsa-p256"
        : "rsa-2048"
      : owner % 6 === 0
        ? "rsa-2048"
        : "ecdsa-p256",
    source: isForeign ? "import" : owner % 10 === 3 ? "csr" : "api",
    owner: dice % 5 === 1 ? "" : `team-${owner}`,
    tags: dice % 3 === 0 ? [] : [environment, `region:${REGIONS[owner % 3]}`],
    risks,
    state: renews && number + services < count ? "superseded" : "active",
  };
  const id = idAt(number);
  return {
    id,
    serial: `4${hash.slice(1, 36)}`,
    facts,
    cohortKey: JSON.stringify(facts),
    displayName: dice % 50 === 0 ? host.toUpperCase() : host,
    sortName: sortNameOf(host),
    notBefore: begins,
    notAfter: begins + days * DAY,
    keySha256: hash.slice(0, 64),
    sha256: hash.slice(64, 128),
    sha1: hash.slice(40, 80),
    lineageId: renews ? idAt(service) : id,
    replacesId: renews && number >= services ? idAt(number - services) : null,
    createdAt,
    names: [
      { type: "dns", value: host },
      { type: "uri", value: `spiffe://example.com/${environment}/team-${owner}/${ownWord}-${service}` },
    ],
  };
}

/** In the order of their making, as ids are. */
function idAt(number: number): string {
  return `00${number.toString(36).padStart(10, "0")}${scrambled(number).toString(36).padStart(14, "0")}`;
}

/** A number that looks random and is the same each time (the finaliser of MurmurHash3). */
function scrambled(number: number): number {
  let hash = (number + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
