import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { packWorld } from "./packed-snapshot.ts";
import { isBelow } from "./request-path.ts";
import { scopesOf } from "./scopes.ts";
import type { GrantTerms } from "./snapshot.ts";
import { moment, world } from "./testdata/random-world.ts";
import type { World } from "./world.ts";

const NOW = 1_800_000_000_000;

/** What a client is told that has these grants at a service. */
function told(...grants: Partial<GrantTerms>[]): string | null {
  const snapshot = packWorld({
    usableUntil: Number.POSITIVE_INFINITY,
    services: [
      { slug: "payments", minimumStrength: 0, authorities: [], isLearning: false, failsOpen: false },
    ],
    clients: [{ id: "one", name: "One", status: "active", expiresAt: Number.POSITIVE_INFINITY }],
    credentials: [],
    grants: grants.map((grant) => ({
      ...{ client: 0, service: 0, startsAt: 0, endsAt: Number.POSITIVE_INFINITY, paths: [], methods: [] },
      ...grant,
    })),
  });
  return scopesOf(snapshot, 0, "payments", NOW);
}

test("a service that is granted as a whole is all, and one of which nothing is granted now is nothing", () => {
  expect(told({})).toBe("all");
  expect(told({ paths: ["/api"] }, {})).toBe("all");
  expect(told()).toBeNull();
  expect(told({ endsAt: NOW }, { startsAt: NOW + 1 })).toBeNull();
  expect(told({ endsAt: NOW + 1, paths: ["/a"] }, { endsAt: NOW })).toBe("*:/a");
});

test("scopes are methods and paths, each once", () => {
  expect(told({ paths: ["/api", "/v2"], methods: ["GET", "POST"] })).toBe("GET,POST:/api GET,POST:/v2");
  expect(told({ methods: ["GET"] }, { paths: ["/a"] })).toBe("GET:* *:/a");
  expect(told({ paths: ["/a"], endsAt: NOW + 1 }, { paths: ["/a"] })).toBe("*:/a");
  expect(told({ paths: ["/a%20b", "/c:d,*"] })).toBe("*:/a%20b *:/c:d,*");
  // None that could be granted today.
  expect(told({ paths: ["/a b\r\nX: y", "/ö\ud800"] })).toBe("*:/a%20b%0D%0AX:%20y *:/%C3%B6%EF%BF%BD");
});

test("scopes that no header holds are left out, and that they are is said", () => {
  const paths = Array.from({ length: 50 }, (_, index) => `/${"x".repeat(98)}${index}`);
  const text = told({ paths }) ?? "";
  expect(text.length).toBeLessThanOrEqual(1_000);
  expect(text.split(" ").at(-1)).toBe("more");
  expect(text.split(" ").length).toBe(10);
  expect(told({ paths: [`/${"x".repeat(1_100)}`, "/a"] })).toBe("more");
});

/** Whether somebody who reads the header by what is documented lets a request through. */
function isInside(scopes: string | null, method: string, path: string): boolean {
  if (scopes === null || scopes === "all") return scopes === "all";
  return scopes.split(" ").some((scope) => {
    const colon = scope.indexOf(":");
    const [methods, prefix] = [scope.slice(0, colon), scope.slice(colon + 1)];
    return (
      (methods === "*" || methods.split(",").includes(method)) && (prefix === "*" || isBelow(path, prefix))
    );
  });
}

function isGranted({ grants }: World, client: number, now: number, method: string, path: string): boolean {
  return grants.some(
    (grant) =>
      grant.client === client &&
      grant.service === 0 &&
      grant.startsAt <= now &&
      now < grant.endsAt &&
      (grant.methods.length === 0 || grant.methods.includes(method)) &&
      (grant.paths.length === 0 || grant.paths.some((prefix) => isBelow(path, prefix))),
  );
}

test("scopes say what the grants say", () => {
  const method = fc.constantFrom("GET", "POST", "PUT");
  const path = fc.constantFrom("/", "/a", "/a/b", "/a/b/c", "/c", "/cc");
  fc.assert(
    fc.property(world, fc.nat(3), moment, method, path, (seen, client, now, ...asked) => {
      const scopes = scopesOf(packWorld(seen), client, "payments", now);
      expect(isInside(scopes, ...asked)).toBe(isGranted(seen, client, now, ...asked));
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});
