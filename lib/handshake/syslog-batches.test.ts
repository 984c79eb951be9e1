import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { DomainError } from "#lib/errors.ts";
import type { SentLines } from "./ingest.ts";
import { type LostLines, SyslogBatches } from "./syslog-batches.ts";

/** An ingest that remembers what it took, after `answers` have gone otherwise. */
function collecting(answers: (() => Promise<void> | void)[] = []) {
  const taken: SentLines[] = [];
  const asked: SentLines[] = [];
  const lost = vi.fn<LostLines>();
  const batches = new SyslogBatches(
    {
      async take(sent) {
        asked.push(sent);
        await answers.shift()?.();
        taken.push(sent);
        return { taken: 0, matched: 0, ignored: 0, notUnderstood: 0, repeated: false, misfit: null, cut: 0 };
      },
    },
    lost,
  );
  const linesOf = (proxyId: string) =>
    taken
      .filter((sent) => sent.proxyId === proxyId)
      .map(({ body }) => new TextDecoder().decode(body).split("\n").slice(0, -1));
  return { batches, taken, asked, lost, linesOf };
}

const busy = () => {
  throw new DomainError("rateLimited", "More lines wait than are held.");
};

test("lines are collected for a moment, those of each proxy by themselves", async () => {
  const { batches, taken, linesOf } = collecting();
  for (const [proxy, line] of [
    ["a", "1"],
    ["b", "2"],
    ["a", "3"],
  ] as const)
    batches.add(proxy, line);
  expect(taken).toEqual([]);
  await vi.waitFor(() => expect(taken).toHaveLength(2), 5_000);
  expect(linesOf("a")).toEqual([["1", "3"]]);
  expect(linesOf("b")).toEqual([["2"]]);
  expect(taken[0]).toMatchObject({ contentType: "text/plain", contentEncoding: undefined });
  expect(new Set(taken.map(({ batchId }) => batchId)).size).toBe(2);
  expect(batches.isFull("a")).toBe(false);
});

test("many are sent on at once, and what comes meanwhile afterwards, in its order", async () => {
  let goOn = () => {};
  const { batches, linesOf } = collecting([() => new Promise((resolve) => (goOn = resolve))]);
  const lines = Array.from({ length: 5_001 }, (_, index) => String(index));
  for (const line of lines) batches.add("a", line);
  await sleep(0);
  goOn();
  await batches.end(5_000);
  expect(linesOf("a").map(({ length }) => length)).toEqual([2_000, 3_001]);
  expect(linesOf("a").flat()).toEqual(lines);
});

test("what cannot be taken is tried again under the same id, and whoever reads waits meanwhile", async () => {
  const { batches, asked, lost, linesOf } = collecting([busy, busy]);
  const line = "x".repeat(100_000);
  let added = 0;
  while (!batches.isFull("a")) {
    batches.add("a", line);
    added++;
  }
  expect(added).toBeLessThan(20);
  expect(batches.isFull("b")).toBe(false);
  await batches.whenFree("a");
  expect(asked.length).toBeGreaterThanOrEqual(3);
  expect(new Set(asked.slice(0, 3).map(({ batchId }) => batchId)).size).toBe(1);
  await batches.end(5_000);
  expect(linesOf("a").flat()).toHaveLength(added);
  expect(lost).not.toHaveBeenCalled();
});

test("the lines of all proxies together are bounded", () => {
  const { batches } = collecting([() => new Promise(() => {})]);
  for (let proxy = 0; proxy < 40; proxy++) batches.add(String(proxy), "x".repeat(1_000_000));
  expect(batches.isFull("another")).toBe(true);
});

test("lines that are refused for what they are are lost, and told of; others go on", async () => {
  const refusal = new DomainError("malformed", "It is none.");
  const { batches, lost, linesOf } = collecting([
    () => {
      throw refusal;
    },
  ]);
  batches.add("a", "1");
  await vi.waitFor(() => expect(lost).toHaveBeenCalledWith("a", 1, refusal), 5_000);
  batches.add("a", "2");
  await batches.end(5_000);
  expect(linesOf("a")).toEqual([["2"]]);
});

test("the end waits for what is there, but not for ever", async () => {
  const { batches, lost } = collecting(Array.from({ length: 100 }, () => busy));
  batches.add("a", "1");
  batches.add("a", "2");
  await batches.end(300);
  expect(lost).toHaveBeenCalledOnce();
  expect(lost.mock.calls[0]?.slice(0, 2)).toEqual(["a", 2]);
});
