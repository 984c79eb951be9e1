import { Registry } from "prom-client";
import { afterEach, expect, test, vi } from "vitest";
import { SyslogTally } from "./syslog-tally.ts";

const warn = vi.hoisted(() => vi.fn());
const error = vi.hoisted(() => vi.fn());
vi.mock("#lib/log.ts", () => ({ log: () => ({ warn, error }) }));

afterEach(() => {
  vi.useRealTimers();
});

test("what becomes of lines is counted, and told once a minute with how many they were", async () => {
  vi.useFakeTimers();
  const tally = new SyslogTally();
  const registry = new Registry();
  tally.expose(registry);
  tally.connections = 2;
  tally.taken();
  for (let count = 0; count < 5; count++) tally.refused(2, "::ffff:192.0.2.7");
  expect(warn.mock.calls.map(([facts]) => facts)).toEqual([{ from: "192.0.2.7", lines: 2 }]);
  vi.advanceTimersByTime(60_000);
  tally.refused(1, "192.0.2.8");
  expect(warn.mock.calls.map(([facts]) => facts).at(-1)).toEqual({ from: "192.0.2.8", lines: 9 });
  tally.lost(3, "why");
  expect(error).toHaveBeenCalledOnce();
  const text = await registry.metrics();
  for (const line of [
    'countersign_syslog_lines_total{outcome="taken"} 1',
    'countersign_syslog_lines_total{outcome="refused"} 11',
    'countersign_syslog_lines_total{outcome="lost"} 3',
    "countersign_syslog_connections 2",
  ])
    expect(text).toContain(line);
});
