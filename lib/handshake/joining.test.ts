import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { Joining, joined } from "./joining.ts";
import type { Observation } from "./observation.ts";

/** A line by a name, with keys that stand in a text: `connection 1, peer 192.0.2.1:7`. */
type Named = Observation & { name: string };

const START = Date.UTC(2033, 6, 1, 10, 0, 0);

function line(name: string, keys: string, seconds: number | null, parts: Partial<Observation> = {}): Named {
  return {
    name,
    proxy: "apache",
    log: "error",
    at: seconds === null ? null : START + seconds * 1_000,
    zone: "assumed",
    keys: keys === "" ? [] : keys.split(", "),
    peer: null,
    direction: "inbound",
    outcome: "unknown",
    finding: null,
    certificate: null,
    serverName: null,
    listener: null,
    upstream: null,
    tls: null,
    status: null,
    quote: "",
    ...parts,
  };
}

const names = (handshakes: readonly (readonly Named[])[]) =>
  handshakes.map((lines) => lines.map(({ name }) => name).join(""));

describe("joined", () => {
  test.each<[string, Named[], string[]]>([
    ["nothing", [], []],
    ["lines without a key stay alone", [line("a", "", 0), line("b", "", 0)], ["a", "b"]],
    [
      "lines of one connection",
      [line("a", "connection 1", 0), line("b", "connection 2", 0), line("c", "connection 1", 4)],
      ["ac", "b"],
    ],
    [
      "an access log knows the port, an error log both",
      [line("a", "connection 1, peer 192.0.2.1:7", 0), line("b", "peer 192.0.2.1:7", 1)],
      ["ab"],
    ],
    ["the port alone", [line("a", "peer 192.0.2.1:7", 0), line("b", "peer 192.0.2.1:7", 5)], ["ab"]],
    ["another port", [line("a", "peer 192.0.2.1:7", 0), line("b", "peer 192.0.2.1:8", 0)], ["a", "b"]],
    ["more than five seconds", [line("a", "connection 1", 0), line("b", "connection 1", 5.001)], ["a", "b"]],
    ["a line that comes late", [line("a", "connection 1", 5), line("b", "connection 1", 0)], ["ab"]],
    ["without a time", [line("a", "connection 1", 0), line("b", "connection 1", null)], ["ab"]],
    [
      "a port that was used again by another connection",
      [line("a", "connection 1, peer 192.0.2.1:7", 0), line("b", "connection 2, peer 192.0.2.1:7", 1)],
      ["a", "b"],
    ],
    [
      "a thread that says no more than itself",
      [line("a", "thread 3:1, peer 192.0.2.1:7", 0), line("b", "thread 3:1", 4), line("c", "thread 3:2", 4)],
      ["ab", "c"],
    ],
    [
      "a thread that serves another by now",
      [
        line("a", "thread 3:1, peer 192.0.2.1:7", 0),
        line("b", "thread 3:1, peer 192.0.2.1:8", 1),
        line("c", "thread 3:1", 1),
      ],
      ["a", "bc"],
    ],
    [
      "a line of a worker is of what it wrote just before",
      [
        line("a", "connection 1, worker 9", 0),
        line("b", "connection 2, worker 9", 0.1),
        line("c", "worker 9", 0.2),
        line("d", "worker 9", 1.9),
      ],
      ["a", "bc", "d"],
    ],
    [
      "or of what it writes next",
      [line("a", "worker 9", 0), line("b", "worker 9", 0), line("c", "peer 192.0.2.1:7, worker 9", 0.01)],
      ["abc"],
    ],
    [
      "keys of other proxies are other keys",
      [line("a", "connection 1", 0), line("b", "connection 1", 0, { proxy: "nginx" })],
      ["a", "b"],
    ],
    [
      "a log with a zone and one without",
      [line("a", "connection 1", 0), line("b", "connection 1", -2 * 3_600 + 1, { zone: "said" })],
      ["ab"],
    ],
    [
      "no zone is ten minutes from another",
      [line("a", "connection 1", 0), line("b", "connection 1", 600, { zone: "said" })],
      ["a", "b"],
    ],
    [
      "nor a day",
      [line("a", "connection 1", 0), line("b", "connection 1", 86_400, { zone: "said" })],
      ["a", "b"],
    ],
  ])("%s", (_, lines, expected) => {
    expect(names(joined(lines))).toEqual(expected);
  });

  test("a connection with many requests is not one handshake of any size", () => {
    const lines = Array.from({ length: 100 }, (_, index) => line(`${index},`, "connection 1", 1));
    const sizes = joined(lines).map(({ length }) => length);
    expect(sizes).toEqual([32, 32, 32, 4]);
  });
});

describe("a request and the connection that was made for it", () => {
  const upstreamLines = (connection: string, worker: string) => [
    line("c", `connection ${connection}, peer 198.51.100.5:443, worker ${worker}`, 0, {
      directionAssumed: true,
      peer: { address: "198.51.100.5", port: 443 },
    }),
    line("f", `connection ${connection}, peer 198.51.100.5:443, worker ${worker}`, 0, {
      direction: "upstream",
    }),
    line("e", `worker ${worker}`, 0, { directionAssumed: true }),
  ];
  const request = (client: string, worker: string) => [
    line("r", `peer ${client}, upstream 198.51.100.5:443, worker ${worker}`, 0.01, { direction: "upstream" }),
    line("s", `peer ${client}, worker ${worker}`, 0.01, { direction: "upstream" }),
  ];
  const access = (client: string) => line("a", `peer ${client}`, 0.02, { log: "access" });

  test("are one, and all of it is of the upstream", () => {
    const [handshake = []] = joined([
      ...upstreamLines("1", "9"),
      ...request("192.0.2.1:7", "9"),
      access("192.0.2.1:7"),
    ]);
    expect(names([handshake])).toEqual(["cfersa"]);
    const [first, , third] = handshake;
    expect(first).toMatchObject({ direction: "upstream", peer: null, upstream: "198.51.100.5:443" });
    expect(third).toMatchObject({ direction: "upstream", peer: null, upstream: null });
  });

  test("are one when the line of the request comes first", () => {
    expect(
      names(joined([access("192.0.2.1:7"), ...upstreamLines("1", "9"), ...request("192.0.2.1:7", "9")])),
    ).toEqual(["acfers"]);
  });

  test("do not take in the client's own handshake", () => {
    const own = line("o", "connection 5, peer 192.0.2.1:7, worker 9", -0.1, { directionAssumed: true });
    const handshakes = joined([own, ...upstreamLines("1", "9"), ...request("192.0.2.1:7", "9")]);
    expect(names(handshakes)).toEqual(["o", "cfers"]);
    expect(handshakes[0]?.[0]?.direction).toBe("inbound");
  });

  test("are told from those of other workers that go to the same upstream", () => {
    const handshakes = joined([
      ...upstreamLines("1", "8"),
      ...upstreamLines("2", "9"),
      ...request("192.0.2.1:7", "8"),
      ...request("192.0.2.1:6", "9"),
      access("192.0.2.1:6"),
      access("192.0.2.1:7"),
    ]);
    expect(names(handshakes)).toEqual(["cfersa", "cfersa"]);
  });

  test("are told from the next of the same worker", () => {
    const handshakes = joined([
      ...upstreamLines("1", "9"),
      ...request("192.0.2.1:7", "9"),
      ...upstreamLines("2", "9"),
      ...request("192.0.2.1:6", "9"),
    ]);
    expect(names(handshakes)).toEqual(["cfers", "cfers"]);
  });

  test("are told from the next where the format has no ids of connections", () => {
    const remote = (name: string) =>
      line(name, "upstream 198.51.100.5:443, worker 9", 0, { direction: "upstream" });
    const handshakes = joined([
      remote("x"),
      ...request("192.0.2.1:7", "9"),
      remote("y"),
      ...request("192.0.2.1:6", "9"),
      ...request("192.0.2.1:5", "9"),
    ]);
    expect(names(handshakes)).toEqual(["xrs", "yrs", "rs"]);
  });
});

describe("a stream", () => {
  test("gives a handshake out when no line of it has come for a while", () => {
    const joining = new Joining<Named>({ quietMs: 1_000 });
    expect(joining.take(line("a", "connection 1", 0), "one", 0)).toEqual([]);
    expect(joining.take(line("b", "connection 2", 0), "one", 500)).toEqual([]);
    expect(joining.take(line("c", "connection 1", 0), "one", 900)).toEqual([]);
    expect(names(joining.over(1_499))).toEqual([]);
    expect(names(joining.over(1_500))).toEqual(["b"]);
    expect(names(joining.over(1_900))).toEqual(["ac"]);
    expect(names(joining.over(9_000))).toEqual([]);
  });

  test("gives a line out at once that can belong to no other", () => {
    expect(names(new Joining<Named>().take(line("a", "", 0), "one", 0))).toEqual(["a"]);
  });

  test("keeps proxies apart", () => {
    const joining = new Joining<Named>();
    for (const [name, instance] of [
      ["a", "one"],
      ["b", "two"],
      ["c", "one"],
    ] as const) {
      joining.take(line(name, "connection 1", 0), instance, 0);
    }
    expect(names(joining.rest())).toEqual(["b", "ac"]);
  });

  test("does not wait longer than five seconds for one that goes on", () => {
    const joining = new Joining<Named>();
    for (let second = 0; second <= 6; second++)
      joining.take(line(`${second}`, "connection 1", 0), "one", second * 1_000 - second);
    expect(names(joining.rest())).toEqual(["012345", "6"]);
  });

  test("takes no notice of a wrong clock in the lines", () => {
    const joining = new Joining<Named>();
    joining.take(line("a", "connection 1", -40_000_000), "one", 0);
    joining.take(line("b", "connection 1", -40_000_001), "one", 10);
    expect(names(joining.over(1_010))).toEqual(["ab"]);
  });

  test("lets all go when its own clock was set back", () => {
    const joining = new Joining<Named>();
    joining.take(line("a", "connection 1", 0), "one", 5_000_000);
    expect(names(joining.over(1_000))).toEqual(["a"]);
  });

  test("holds no more lines than it may", () => {
    const joining = new Joining<Named>({ linesMax: 3 });
    const given = ["a1", "b2", "c1", "d3", "e4"].map((text) =>
      names(joining.take(line(text[0] ?? "", `connection ${text[1]}`, 0), "one", 0)),
    );
    expect(given).toEqual([[], [], [], ["b"], ["ac"]]);
    expect(names(joining.rest())).toEqual(["d", "e"]);
  });
});

const key = fc.oneof(
  fc.nat(4).map((id) => `connection ${id}`),
  fc.nat(4).map((port) => `peer 192.0.2.1:${port}`),
  fc.nat(4).map((port) => `upstream 192.0.2.1:${port}`),
  fc.nat(2).map((id) => `thread ${id}`),
  fc.nat(2).map((id) => `worker ${id}`),
  fc.string(),
);
const anyLine = fc
  .record({
    keys: fc.array(key, { maxLength: 4 }),
    at: fc.option(fc.nat(20)),
    zone: fc.constantFrom("said" as const, "assumed" as const),
    direction: fc.constantFrom("inbound" as const, "upstream" as const),
  })
  .map(({ keys, at, ...parts }) => ({ ...line("", "", at, parts), keys }));
const run = { numRuns: FUZZ_RUNS, seed: SEED };

test("every line comes out once, in its order", () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 120 }), (lines) => {
      const numbered = lines.map((each, index) => ({ ...each, name: String(index) }));
      const handshakes = joined(numbered);
      const numbers = handshakes.map((each) => each.map(({ name }) => Number(name)));
      expect(numbers.flat().sort((a, b) => a - b)).toEqual(lines.map((_, index) => index));
      for (const each of [numbers.map(([first]) => first ?? 0), ...numbers]) {
        expect(each).toEqual(each.toSorted((a, b) => a - b));
      }
    }),
    run,
  );
});

test("a stream gives every line out once, whatever the clock does, and holds no more than it may", () => {
  const step = fc.record({ line: anyLine, now: fc.nat(20_000), over: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (steps, linesMax) => {
      const joining = new Joining<Named>({ quietMs: 1_000, linesMax });
      const given = steps.flatMap(({ line: each, now, over }, index) => [
        ...joining.take({ ...each, name: String(index) }, "one", now),
        ...(over ? joining.over(now) : []),
      ]);
      const held = joining.rest();
      expect(held.flat().length).toBeLessThanOrEqual(linesMax);
      expect(
        [...given, ...held]
          .flat()
          .map(({ name }) => Number(name))
          .sort((a, b) => a - b),
      ).toEqual(steps.map((_, index) => index));
    }),
    run,
  );
});

test("connections whose lines come mixed up are told apart", () => {
  const mixed = fc.array(fc.record({ id: fc.nat(30), how: fc.nat(2) }), { maxLength: 200 });
  fc.assert(
    fc.property(mixed, (steps) => {
      const seen = new Set<number>();
      const lines = steps.map(({ id, how }) => {
        // The first line of a connection has both of its keys.
        const first = !seen.has(id);
        seen.add(id);
        const keys = [`connection ${id}`, `peer 192.0.2.1:${id}`].filter(
          (_, kind) => first || how === 2 || how === kind,
        );
        return line(String(id), keys.join(", "), 1);
      });
      for (const handshake of joined(lines)) expect(new Set(handshake.map(({ name }) => name)).size).toBe(1);
      const whole = joined(lines).filter(({ length }) => length < 32);
      expect(new Set(whole.map(([first]) => first?.name)).size).toBe(whole.length);
    }),
    run,
  );
});

test("a flood of one key takes no longer per line than a few lines", () => {
  const spent = (count: number) => {
    const lines = Array.from({ length: count }, (_, index) =>
      line(`${index}`, `connection ${index}, peer 192.0.2.1:7, worker 9`, 1),
    );
    const started = performance.now();
    joined(lines);
    return (performance.now() - started) / count;
  };
  // What else the machine does makes single runs slower.
  const quickest = (count: number) => Math.min(...Array.from({ length: 5 }, () => spent(count)));
  spent(2_000);
  expect(quickest(50_000)).toBeLessThan(10 * Math.max(quickest(500), 0.002));
});
