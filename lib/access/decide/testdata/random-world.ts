import fc from "fast-check";
import type { AccessRequest, PresentedCertificate, PresentedName } from "#lib/access/decide/request.ts";
import type { AuthorityView } from "#lib/access/decide/snapshot.ts";
import type { World, WorldCredential } from "#lib/access/decide/world.ts";

/** Small worlds and requests, made so that much meets: few names, few moments. */

const T = 1_800_000_000_000;
/** Few moments, so that ends and starts meet what is asked. */
export const moment = fc.integer({ min: -3, max: 3 }).map((step) => T + step * 1_000);
const ending = fc.oneof(moment, fc.constant(Number.POSITIVE_INFINITY));
const authority = fc.constantFrom("one", "two");
const hash = fc.constantFrom("aa", "bb", "cc");
const dns = fc.constantFrom("a.example", "b.example", "x.a.example", "*.a.example");
const uri = fc.constantFrom(
  "spiffe://x/ns/a",
  "spiffe://x/ns/a/b",
  "spiffe://x/ns",
  "spiffe://x",
  "spiffe://x/ns/../b",
  "spiffe://x/ns/",
);
const name: fc.Arbitrary<PresentedName> = fc.oneof(
  fc.record({ type: fc.constant("dns" as const), value: dns }),
  fc.record({ type: fc.constant("uri" as const), value: uri }),
  fc.record({ type: fc.constant("commonName" as const), value: dns }),
);
const patternOf: fc.Arbitrary<PresentedName> = fc.oneof(
  name,
  fc.record({ type: fc.constant("dns" as const), value: fc.constantFrom("*.a.example", "*.example") }),
  fc.record({ type: fc.constant("uri" as const), value: fc.constantFrom("spiffe://x/*", "spiffe://x/ns/*") }),
);

const standing: fc.Arbitrary<AuthorityView> = fc.record({
  state: fc.constantFrom("good", "good", "good", "good", "good", "held", "revoked"),
  notAfter: fc.oneof({ weight: 4, arbitrary: fc.constant(2 * T) }, { weight: 1, arbitrary: moment }),
});

const CLIENTS = 4;
const SERVICES = ["payments", "orders", "mail"];

const credential: fc.Arbitrary<WorldCredential> = fc
  .record({ client: fc.nat(CLIENTS - 1), startsAt: moment, endsAt: ending, id: fc.constant("credential") })
  .chain((common) =>
    fc.oneof(
      fc
        .record({ kind: fc.constantFrom("certificate" as const, "key" as const), sha256: hash })
        .map((own) => ({ ...common, ...own })),
      fc.tuple(patternOf, authority).map(([pattern, by]) => ({
        ...common,
        kind: "name" as const,
        pattern: { ...pattern, authority: by },
      })),
    ),
  );

export const world: fc.Arbitrary<Required<World>> = fc.record({
  usableUntil: ending,
  authorities: fc.tuple(standing, standing).map(
    ([one, two]) =>
      new Map([
        ["one", one],
        ["two", two],
      ]),
  ),
  services: fc.tuple(
    ...SERVICES.map((slug) =>
      fc.record({
        slug: fc.constant(slug),
        minimumStrength: fc.constantFrom(0, 112, 128),
        authorities: fc.oneof(
          { weight: 3, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.uniqueArray(authority) },
        ),
        isLearning: fc.boolean(),
        failsOpen: fc.boolean(),
      }),
    ),
  ),
  clients: fc.tuple(
    ...Array.from({ length: CLIENTS }, (_, index) =>
      fc.record({
        id: fc.constant(`client-${index}`),
        name: fc.constant(`Client ${index}`),
        status: fc.constantFrom(
          "active" as const,
          "active" as const,
          "active" as const,
          "suspended" as const,
          "retired" as const,
        ),
        expiresAt: ending,
      }),
    ),
  ),
  credentials: fc.array(credential, { maxLength: 8 }),
  grants: fc.array(
    fc.record({
      client: fc.nat(CLIENTS - 1),
      service: fc.nat(SERVICES.length - 1),
      startsAt: moment,
      endsAt: ending,
      paths: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.constantFrom(["/a"], ["/a/b", "/c"]) },
      ),
      methods: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.constantFrom(["GET"], ["GET", "POST"]) },
      ),
    }),
    { maxLength: 12 },
  ),
});

export const certificate: fc.Arbitrary<PresentedCertificate> = fc.record({
  sha256: hash,
  keySha256: hash,
  names: fc.array(name, { maxLength: 3 }),
  issuer: fc.oneof({ weight: 4, arbitrary: authority }, { weight: 1, arbitrary: fc.constant(null) }),
  notBefore: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: moment }),
  notAfter: fc.oneof({ weight: 3, arbitrary: fc.constant(2 * T) }, { weight: 1, arbitrary: moment }),
  isForClients: fc.integer({ max: 9, min: 0 }).map((n) => n > 0),
  strength: fc.constantFrom(80, 112, 128, 128, 128),
  revocation: fc.constantFrom("good", "good", "good", "good", "held", "revoked", "unknown"),
});

export const request: fc.Arbitrary<AccessRequest> = fc.record({
  service: fc.constantFrom(...SERVICES, "nowhere"),
  method: fc.constantFrom("GET", "POST", "get", null),
  path: fc.constantFrom("/", "/a", "/a/x?y=/c", "/a/b/z", "/ab", "/a/../c", "/c", null),
  certificate: fc.oneof(
    { weight: 12, arbitrary: certificate },
    { weight: 1, arbitrary: fc.constantFrom("absent" as const, "unreadable" as const, "several" as const) },
  ),
});
