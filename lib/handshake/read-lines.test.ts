import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutatedLine, slowdown } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED, SLOWDOWN_MAX } from "#e2e/fixtures/sizes.ts";
import { DomainError } from "#lib/errors.ts";
import { makeToken } from "#lib/identity/api-token-format.ts";
import { JSON_VALUES_MAX } from "./json-depth.ts";
import { LINE_MAX } from "./observation.ts";
import { readLines } from "./read-lines.ts";

const JSON_TYPE = "application/json";

const read = (body: string | Uint8Array, contentType?: string, linesMax = 1_000) =>
  readLines(typeof body === "string" ? Buffer.from(body) : body, { contentType, linesMax });
const lines = (body: string | Uint8Array, contentType?: string) => read(body, contentType).lines;

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${error.violations[0]?.rule}`;
    throw error;
  }
  return "none";
}

const NGINX = "2026/02/03 04:05:06 [info] 7#7: *9 client sent no required SSL certificate";
const CADDY = '{"level":"debug","ts":1770091506.1,"logger":"http.stdlib","msg":"http: TLS handshake error"}';
const TRAEFIK =
  '{"level":"debug","time":"2026-02-03T04:05:06Z","message":"http: TLS handshake error from 192.0.2.9:50011: EOF"}';

describe("what comes as text", () => {
  test("is a line for each line, without the empty ones and what ends them", () => {
    expect(lines(`\uFEFF${NGINX}\r\n\n  \nsecond\nthird`)).toEqual([NGINX, "second", "third"]);
    expect(lines("")).toEqual([]);
  });

  test("may be lines of JSON that a proxy wrote, which stay as they are", () => {
    expect(lines(`${CADDY}\n${TRAEFIK}\n`, "text/plain")).toEqual([CADDY, TRAEFIK]);
    expect(lines(`${CADDY}\n${TRAEFIK}\n`, JSON_TYPE)).toEqual([CADDY, TRAEFIK]);
  });

  test("may begin with a bracket, as Apache's do", () => {
    const apache = "[Tue Feb 03 04:05:06.000001 2026] [ssl:info] [pid 7:tid 8] AH02008: SSL library error 1";
    expect(lines(`${apache}\n${apache}`)).toEqual([apache, apache]);
  });

  test("is cut where a line is longer than parsers read", () => {
    const long = "x".repeat(1_000_000);
    const { lines: all, cut } = read(`${long}\n${NGINX}`);
    expect(all.map(({ length }) => length)).toEqual([LINE_MAX, NGINX.length]);
    expect(cut).toBe(1);
  });

  test("may have bytes that are no UTF-8, NUL, and halves of characters: a database can hold what is read", () => {
    expect(lines(Buffer.from([0x61, 0xff, 0xfe, 0x00, 0x62, 0x0a, 0x1b, 0x5b]))).toEqual([
      "a\uFFFD\uFFFD\uFFFDb",
      "\u001b[",
    ]);
    expect(lines(JSON.stringify([{ log: "a\u0000b" }]).replace("\\u0000", "\\ud800"), JSON_TYPE)).toEqual([
      "a\uFFFDb",
    ]);
    const halved = `${"x".repeat(LINE_MAX - 1)}😀`;
    expect(lines(halved)[0]?.endsWith("x\uFFFD")).toBe(true);
  });

  test("may be in another encoding, or have markup and terminal escapes in it: that is its text", () => {
    expect(lines(Buffer.from("CN=J\xf8rgen", "latin1"))).toEqual(["CN=J\uFFFDrgen"]);
    expect(lines(Buffer.from("[1] CN=a\n", "utf16le"))[0]).toMatch(/^\[\uFFFD1\uFFFD\]/);
    const hostile = "subject: CN=<img src=x onerror=alert(1)>,O=\u001b[2J\u001b]0;x\u0007\u202e";
    expect(lines(hostile)).toEqual([hostile]);
    expect(lines(JSON.stringify([{ log: hostile }]), JSON_TYPE)).toEqual([hostile]);
    expect(lines(Buffer.concat([Buffer.from('[{"log":"'), Buffer.from([0xff]), Buffer.from('"}]')]))).toEqual(
      ["\uFFFD"],
    );
  });

  test("is refused when it has too many lines", () => {
    expect(codeOf(() => read("a\n".repeat(11), undefined, 10))).toBe("tooLarge body.lines");
    expect(read("a\n".repeat(10), undefined, 10).lines).toHaveLength(10);
  });
});

describe("what shippers send", () => {
  const vector = { message: NGINX, timestamp: "2026-02-03T04:05:07Z", host: "edge-4", source_type: "file" };
  const fluentBit = { date: 1770091507.25, log: NGINX };
  const docker = { log: `${NGINX}\n`, stream: "stderr", time: "2026-02-03T04:05:07Z" };
  const journal = { MESSAGE: NGINX, _SYSTEMD_UNIT: "nginx.service" };
  const events = [vector, fluentBit, docker, journal];

  test("is the line that each event of an array carries", () => {
    expect(lines(JSON.stringify(events), JSON_TYPE)).toEqual(events.map(() => NGINX));
    expect(lines(JSON.stringify(events))).toEqual(events.map(() => NGINX));
    expect(lines(JSON.stringify(events, null, 2), JSON_TYPE)).toEqual(events.map(() => NGINX));
  });

  test("is the same with an event on each line, or one behind another", () => {
    const each = events.map((event) => JSON.stringify(event));
    expect(lines(each.join("\n"), "application/x-ndjson")).toEqual(events.map(() => NGINX));
    expect(lines(each.join(""), JSON_TYPE)).toEqual(events.map(() => NGINX));
    expect(lines(JSON.stringify(vector, null, 2), JSON_TYPE)).toEqual([NGINX]);
  });

  test("may carry JSON of a proxy, or of Docker with a line in it", () => {
    expect(lines(JSON.stringify([{ ...vector, message: CADDY }]))).toEqual([CADDY]);
    expect(lines(JSON.stringify([{ date: 1, log: JSON.stringify(docker) }]))).toEqual([NGINX]);
  });

  test("may be objects that it made of a proxy's lines", () => {
    const made = JSON.parse(CADDY);
    expect(lines(JSON.stringify([made]))).toEqual([CADDY]);
    expect(lines(JSON.stringify([JSON.parse(TRAEFIK), NGINX, 7]))).toEqual([TRAEFIK, NGINX, "7"]);
  });

  test("may carry several lines at once", () => {
    expect(lines(JSON.stringify([{ log: "one\ntwo\n" }]))).toEqual(["one", "two"]);
  });
});

describe("what is no JSON, or made to hurt", () => {
  const deep = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

  test("is refused in an array, and a line like others elsewhere", () => {
    expect(codeOf(() => read('[{"log":"a"},', JSON_TYPE))).toBe("malformed rfc8259");
    expect(lines('{"log":"a"}\n{"log":"b\n{"log":"c"}')).toEqual(["a", '{"log":"b', "c"]);
  });

  test("is lines in what is called text: whoever follows a file would bring it again and again", () => {
    for (const line of ['[{"log":"a"},', "[]", `[{"log":"a","x":${deep(10_000)}}]`]) {
      expect(lines(`${line}\n${NGINX}`, "text/plain; charset=utf-8")).toEqual([
        line.slice(0, LINE_MAX),
        NGINX,
      ]);
    }
    expect(lines('[{"log":"a"}]', "text/plain")).toEqual(["a"]);
  });

  test("is not read when it is nested 10,000 times", () => {
    expect(codeOf(() => read(deep(10_000), JSON_TYPE))).toBe("malformed json.depth");
    expect(codeOf(() => read(`[{"log":"a","x":${deep(10_000)}}]`))).toBe("malformed json.depth");
    const line = `{"log":"a","x":${deep(4_000)}}`;
    expect(lines(`${line}\n${NGINX}`)).toEqual([line, NGINX]);
    expect(lines(line, JSON_TYPE)).toEqual([line]);
    expect(lines(`{"log":${JSON.stringify(`{"log":${deep(10_000)}}`)}}`)[0]).toHaveLength(LINE_MAX);
  });

  test("is not read when it has millions of values", () => {
    const many = "{},".repeat(JSON_VALUES_MAX);
    expect(codeOf(() => read(`[${many}{}]`, JSON_TYPE))).toBe("tooLarge body.values");
    for (const line of [`{"log":"a","x":[${many}1]}`, "{}".repeat(JSON_VALUES_MAX + 1)]) {
      expect(lines(`${line}\n${NGINX}`)).toEqual([line.slice(0, LINE_MAX), NGINX]);
      expect(lines(line, JSON_TYPE)).toEqual([line.slice(0, LINE_MAX)]);
    }
  });

  test("with brackets in its texts is not deep", () => {
    expect(lines(JSON.stringify([{ log: `${"[".repeat(500)}"\\` }]))).toEqual([`${"[".repeat(500)}"\\`]);
  });
});

test("tokens of ours are left out, whoever wrote them and wherever", () => {
  const [ofProxy, ofProgram] = [makeToken("csp_"), makeToken("csn_")];
  const line = `a [countersign@32473 token="${ofProxy}"] Bearer ${ofProgram}, csp_ and csn_short stay`;
  const without = `a [countersign@32473 token="csp_…"] Bearer csn_…, csp_ and csn_short stay`;
  expect(lines(line)).toEqual([without]);
  expect(lines(JSON.stringify([{ log: line }]))).toEqual([without]);
  expect(lines(`${"x".repeat(LINE_MAX - 20)}${ofProxy}`)).toEqual([`${"x".repeat(LINE_MAX - 20)}csp_…`]);
});

describe("fuzzed", () => {
  const events = [
    JSON.stringify({ message: NGINX, timestamp: "t" }),
    JSON.stringify([{ date: 1, log: NGINX }, { log: CADDY }]),
    `${CADDY}\n${TRAEFIK}`,
    NGINX,
    '{"log":"a"}{"log":"b"}',
  ];

  test("bodies never lead to anything but lines in bounds or a refusal", () => {
    fc.assert(
      fc.property(mutatedLine(events), fc.constantFrom(JSON_TYPE, "text/plain", undefined), (body, type) => {
        try {
          for (const line of lines(body, type)) {
            expect(line.length).toBeLessThanOrEqual(LINE_MAX);
            expect(line.isWellFormed() && !line.includes("\0") && line.trim() !== "").toBe(true);
          }
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
        }
      }),
      { seed: SEED, numRuns: FUZZ_RUNS },
    );
  });

  test("bytes of any kind are read", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (body) => {
        const text = new TextDecoder().decode(body);
        if (/^\s*\[/.test(text)) return;
        expect(lines(body).length).toBeLessThanOrEqual(text.split("\n").length);
      }),
      { seed: SEED, numRuns: FUZZ_RUNS },
    );
  });

  test.each([
    ["lines", "", `${NGINX}\n`],
    ["one line", "", "x y "],
    ["events", "", `${JSON.stringify({ log: NGINX })}\n`],
    ["events behind one another", "", JSON.stringify({ log: NGINX })],
    ["openings", '{"log":', "{"],
    ["quotes", '{"log":', '"'],
    ["blanks", "", " "],
  ])("a byte of a megabyte takes as long as one of a kilobyte: %s", (_, head, part) => {
    const slower = slowdown(
      (body) => {
        try {
          read(body, undefined, 1_000_000);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
        }
      },
      head,
      part,
    );
    expect(slower).toBeLessThan(SLOWDOWN_MAX);
  });
});
