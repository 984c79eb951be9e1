import fc from "fast-check";
import { expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { ChangedSnapshot } from "./changed-snapshot.ts";
import type { ChangedClient } from "./client-layer.ts";
import { decide } from "./decide.ts";
import { packWorld } from "./packed-snapshot.ts";
import type { Snapshot } from "./snapshot.ts";
import { moment, request, world } from "./testdata/random-world.ts";
import type { World } from "./world.ts";

/** Everything about one client of a world. */
function stateOf({ clients, credentials, grants }: World, index: number): ChangedClient {
  return {
    client: clients[index] ?? expect.fail("no client"),
    credentials: credentials.filter(({ client }) => client === index),
    grants: grants.filter(({ client }) => client === index),
  };
}

const known = (snapshot: Snapshot, credential: number | null) =>
  credential === null ? null : snapshot.credentialId(credential);

test(`after any changes the decisions are those of a snapshot made anew (seed ${SEED})`, () => {
  const order = fc.uniqueArray(fc.nat(3), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(world, world, world, order, request, moment, (first, between, last, indexes, asked, now) => {
      const changed = new ChangedSnapshot(packWorld(first));
      for (const each of [between, last]) {
        changed.usableUntil = each.usableUntil;
        changed.authorities = each.authorities;
        changed.changeServices(each.services);
        for (const index of indexes) changed.changeClient(index, stateOf(each, index));
      }
      const made = packWorld(last);
      const [here, anew] = [decide(changed, asked, now), decide(made, asked, now)];
      expect({ ...here, credential: known(changed, here.credential) }).toEqual({
        ...anew,
        credential: known(made, anew.credential),
      });
      expect(changed.changes).toBe(4);
    }),
    { numRuns: FUZZ_RUNS * 10, seed: SEED },
  );
});

test("a client that is new gets the next index, and what was not changed stays", () => {
  fc.assert(
    fc.property(world, request, moment, (given, asked, now) => {
      const without: World = {
        ...given,
        clients: given.clients.slice(0, 3),
        credentials: given.credentials.filter(({ client }) => client < 3),
        grants: given.grants.filter(({ client }) => client < 3),
      };
      const changed = new ChangedSnapshot(packWorld(without));
      expect(changed.changeClient(null, stateOf(given, 3))).toBe(3);
      const { reason, client } = decide(changed, asked, now);
      expect({ reason, client }).toMatchObject(reasonAndClient(given, asked, now));
    }),
    { numRuns: FUZZ_RUNS * 3, seed: SEED },
  );
});

function reasonAndClient(given: World, ...[asked, now]: [Parameters<typeof decide>[1], number]) {
  const { reason, client } = decide(packWorld(given), asked, now);
  return { reason, client };
}

test("a service that is no more is unknown, and the others keep their place", () => {
  const given = fc.sample(world, { numRuns: 1, seed: 1 })[0] ?? expect.fail("no world");
  const changed = new ChangedSnapshot(packWorld(given));
  const [, orders, mail] = given.services;
  changed.changeServices([null, orders ?? null, mail ?? null]);
  expect(changed.service("payments")).toBeNull();
  expect(changed.service("mail")).toMatchObject({ index: 2 });
});
