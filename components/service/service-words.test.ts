import { expect, test } from "vitest";
import { countedTo, deniedByFile, partWords, serviceState } from "#components/service/service-words.ts";

const proxies = [{ id: "p", slug: "edge", name: "Edge", kind: "nginx", lastSeenAt: null }];
const service = { status: "active", unknownClients: "refuse", failsOpen: false, proxies } as const;

test("a service in front of which nothing stands is not protected", () => {
  expect(serviceState({ ...service, proxies: [] })).toEqual({ tone: "warn", word: "no proxy" });
  expect(serviceState({ ...service, proxies })).toMatchObject({ word: "protected" });
});

test("who fails open is told so before that it learns", () => {
  const open = { ...service, proxies, unknownClients: "learn", failsOpen: true } as const;
  expect(serviceState(open).word).toBe("fails open");
  expect(serviceState({ ...open, failsOpen: false }).word).toBe("learning");
});

test("counting stops, and says so", () => {
  expect(countedTo(1_000, 1_000)).toBe("1,000");
  expect(countedTo(1_001, 1_000)).toBe("1,000+");
});

test("a grant says for which part of a service it is", () => {
  expect(partWords({ paths: [], methods: [] })).toBe("every path");
  expect(partWords({ paths: ["/a", "/b"], methods: ["GET"] })).toBe("GET on /a, /b");
});

test("a grant of parts is denied where a list knows whole services only, unless another is for all of it", () => {
  const part = { paths: ["/api"], methods: [] };
  const whole = { paths: [], methods: [] };
  expect(deniedByFile([part], ["Edge", "Edge"])).toBe(
    "Denied at Edge: its list knows neither paths nor methods.",
  );
  expect(deniedByFile([part, whole], ["Edge"])).toBeNull();
  expect(deniedByFile([part], [])).toBeNull();
});
