import { expect, test } from "vitest";
import { type HeldFile, proxyState, reachState } from "#components/proxy/proxy-words.ts";

const now = new Date("2026-06-01T00:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

test.each([
  ["never seen", { status: "active", lastSeenAt: null }],
  ["connected", { status: "active", lastSeenAt: ago(300) }],
  ["seen 20 hours ago", { status: "active", lastSeenAt: ago(72_000) }],
  ["silent", { status: "active", lastSeenAt: ago(90_000) }],
  ["retired", { status: "retired", lastSeenAt: ago(1) }],
])("a proxy is %s", (word, proxy) => {
  expect(proxyState(proxy, now).word).toBe(word);
});

const held: HeldFile = {
  format: "nginx",
  newestVersion: 7,
  fetchedVersion: 7,
  fetchedAt: ago(20),
  liveVersion: 7,
};

test.each<[string, Partial<HeldFile>]>([
  ["up to date", {}],
  ["never fetched", { fetchedVersion: null, fetchedAt: null, liveVersion: null }],
  ["does not fetch", { fetchedAt: ago(600) }],
  ["behind", { newestVersion: 8 }],
  ["fetched", { liveVersion: null }],
  ["not in use", { liveVersion: 6 }],
])("a file is told to be %s", (word, change) => {
  expect(reachState({ ...held, ...change }, now).word).toBe(word);
});
