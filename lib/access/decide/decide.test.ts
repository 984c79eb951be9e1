import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { decide, explain } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { packWorld } from "./packed-snapshot.ts";
import type { AccessRequest, PresentedCertificate, PresentedName } from "./request.ts";
import type { GrantTerms } from "./snapshot.ts";
import { moment, request, world } from "./testdata/random-world.ts";
import type { World, WorldCredential } from "./world.ts";

/**
 * The same decision as slowly and plainly as it can be told: it walks through everything there is, and knows
 * neither places nor rules.
 */
function plainly(world: World, request: AccessRequest, now: number): [string, string | null] {
  const service = world.services.find(({ slug }) => slug === request.service);
  if (service === undefined) return ["service-unknown", null];
  const isOld = now >= world.usableUntil;
  if (isOld && !service.failsOpen) return ["snapshot-too-old", null];
  const { certificate } = request;
  if (certificate === "absent" || certificate === "unreadable") return [`certificate-${certificate}`, null];
  if (certificate === "several") return ["certificates-several", null];
  if (now < certificate.notBefore) return ["certificate-not-yet-valid", null];
  if (now >= certificate.notAfter + 1000) return ["certificate-expired", null];
  if (!certificate.isForClients) return ["certificate-not-for-clients", null];
  if (certificate.strength < service.minimumStrength) return ["key-too-weak", null];
  const isUnclear = certificate.revocation === "unknown";
  if (isUnclear && !service.failsOpen) return ["revocation-unknown", null];
  if (certificate.revocation === "held" || certificate.revocation === "revoked") {
    return [`certificate-${certificate.revocation}`, null];
  }

  const authority = certificate.issuer === null ? undefined : world.authorities?.get(certificate.issuer);
  if (authority?.state === "held" || authority?.state === "revoked") {
    return [`authority-${authority.state}`, null];
  }
  if (authority !== undefined && authority.notAfter + 1000 <= now) return ["authority-expired", null];

  const matching = world.credentials.filter((credential) => isSatisfied(credential, certificate));
  const live = matching.filter(({ startsAt, endsAt }) => startsAt <= now && endsAt > now);
  const strongest = ["certificate", "key", "name"].find((kind) => live.some((each) => each.kind === kind));
  const candidates = new Set(live.filter(({ kind }) => kind === strongest).map(({ client }) => client));
  const isIssuerAccepted =
    service.authorities.length > 0
      ? certificate.issuer !== null && service.authorities.includes(certificate.issuer)
      : certificate.issuer !== null || candidates.size > 0;
  const entered = isOld || isUnclear ? "fail-open" : "granted";
  const admitsAnyone = isOld ? "fail-open" : service.isLearning ? "learning" : null;
  const leftOpen = admitsAnyone === null ? null : isUnclear ? "fail-open" : admitsAnyone;
  if (matching.length === 0) {
    if (leftOpen === null) return ["client-unknown", null];
    return [isIssuerAccepted ? leftOpen : "issuer-not-accepted", null];
  }
  if (live.length === 0) {
    return [
      matching.some(({ startsAt, endsAt }) => startsAt > now && endsAt > startsAt)
        ? "credential-not-started"
        : "credential-ended",
      null,
    ];
  }
  if (candidates.size > 1) return ["clients-several", null];
  const [index = 0] = candidates;
  const client = world.clients[index] ?? expect.fail("no client");
  if (!isIssuerAccepted) return ["issuer-not-accepted", client.id];
  if (client.status !== "active") return [`client-${client.status}`, client.id];
  if (client.expiresAt <= now) return ["client-expired", client.id];
  const granted = world.grants.filter(
    (grant) => grant.client === index && world.services[grant.service] === service,
  );
  if (granted.length === 0) return [leftOpen ?? "not-granted", client.id];
  const present = granted.filter(({ startsAt, endsAt }) => startsAt <= now && endsAt > now);
  if (present.length === 0) {
    return [granted.some(({ startsAt }) => startsAt > now) ? "grant-not-started" : "grant-ended", client.id];
  }
  const here = present.filter(
    ({ paths }) => paths.length === 0 || paths.some((path) => isIn(request.path, path)),
  );
  if (here.length === 0) return ["path-not-granted", client.id];
  const methods = here.flatMap(({ methods: some }: GrantTerms): readonly (string | null)[] =>
    some.length === 0 ? [request.method] : some,
  );
  return [methods.includes(request.method) ? entered : "method-not-granted", client.id];
}

function isSatisfied(credential: WorldCredential, certificate: PresentedCertificate): boolean {
  if (credential.kind !== "name") {
    return credential.sha256 === (credential.kind === "key" ? certificate.keySha256 : certificate.sha256);
  }
  const { authority, type, value } = credential.pattern;
  return (
    authority === certificate.issuer &&
    certificate.names.some((name) => name.type === type && isLike(name, value))
  );
}

function isLike({ type, value }: PresentedName, pattern: string): boolean {
  if (value === pattern) return true;
  if (type === "dns" && pattern.startsWith("*.")) {
    const [first = "", ...rest] = value.split(".");
    return first !== "" && !first.startsWith("*") && rest.join(".") === pattern.slice(2);
  }
  if (type === "uri" && pattern.endsWith("/*")) {
    return (
      value.startsWith(pattern.slice(0, -1)) &&
      value.length > pattern.length - 1 &&
      !/[?#%\\*]|\/\.|[^:]\/\/|\/$/.test(value)
    );
  }
  return false;
}

const isIn = (path: string | null, prefix: string) =>
  path !== null && (path.split("?")[0] === prefix || path.startsWith(`${prefix}/`)) && !path.includes("..");

const told = ({ reason, client }: Decision, { clients }: World): [string, string | null] => [
  reason,
  client === null ? null : (clients[client]?.id ?? "?"),
];

test(`a decision is what a plain reading of everything comes to (seed ${SEED})`, () => {
  const met = new Set<string>();
  fc.assert(
    fc.property(world, request, moment, (given, asked, now) => {
      const decision = decide(packWorld(given), asked, now);
      met.add(decision.reason);
      expect(told(decision, given)).toEqual(plainly(given, asked, now));
      expect(decision.permitted).toBe(["granted", "learning", "fail-open"].includes(decision.reason));
    }),
    { numRuns: FUZZ_RUNS * 20, seed: SEED },
  );
  // Worlds in which the same few things happened would prove little.
  expect(met.size).toBeGreaterThan(21);
});

test("what is explained is what was decided: the rule that decides is the first that is not met", () => {
  fc.assert(
    fc.property(world, request, moment, (given, asked, now) => {
      const snapshot = packWorld(given);
      const { decision, rules } = explain(snapshot, asked, now);
      expect(decision).toEqual(decide(snapshot, asked, now));
      const failing = rules.find(({ verdict }) => verdict != null);
      if (decision.reason === "granted") expect(failing).toBeUndefined();
      else if (!decision.permitted) expect(rules.map(({ verdict }) => verdict)).toContain(decision.reason);
      else
        expect(failing?.verdict).toMatch(
          /^(snapshot-too-old|revocation-unknown|client-unknown|not-granted)$/,
        );
    }),
    { numRuns: FUZZ_RUNS * 3, seed: SEED },
  );
});
