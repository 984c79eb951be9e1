import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutatedLine } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import type { LoggingProxy } from "./observation.ts";
import { PARSERS, parserOf } from "./parsers.ts";
import { misfit, recognise } from "./recognise.ts";

const GO = "http: TLS handshake error from 10.8.0.7:50112: EOF";

const LINES: readonly [proxy: LoggingProxy, line: string][] = [
  [
    "nginx",
    '2026/04/09 07:31:04 [info] 12#12: *7 client sent no required SSL certificate while reading client request headers, client: 10.8.0.7, server: till.example, request: "GET / HTTP/1.1", host: "till.example"',
  ],
  [
    "nginx",
    '{"time":"2026-04-09T07:31:04+00:00","remote_addr":"10.8.0.7","remote_port":"50112","request":"GET / HTTP/1.1","status":400,"ssl_protocol":"TLSv1.3","ssl_client_verify":"NONE"}',
  ],
  [
    "nginx-stream",
    "2026/04/09 07:31:04 [info] 12#12: *7 client SSL certificate verify error: (10:certificate has expired) while SSL handshaking, client: 10.8.0.7, server: 0.0.0.0:8443, bytes from/to client:0/0, bytes from/to upstream:0/0",
  ],
  [
    "haproxy",
    "Apr  9 07:31:04 edge haproxy[811]: 10.8.0.7:50112 [09/Apr/2026:07:31:04.250] tills/1: SSL handshake failure",
  ],
  ["haproxy", "10.8.0.7:50112 [09/Apr/2026:07:31:04.250] tills/1: SSL client certificate not trusted"],
  [
    "apache",
    "[Thu Apr 09 07:31:04.250000 2026] [ssl:error] [pid 12:tid 13] [client 10.8.0.7:50112] AH02039: Certificate Verification: Error (10): certificate has expired",
  ],
  ["caddy", JSON.stringify({ level: "debug", ts: 1_775_719_864.25, logger: "http.stdlib", msg: GO })],
  ["caddy", `2026/04/09 07:31:04.250\tDEBUG\thttp.stdlib\t${GO}`],
  ["traefik", `2026-04-09T07:31:04Z DBG log/log.go:245 > ${GO}`],
  ["traefik", `time="2026-04-09T07:31:04Z" level=debug msg="${GO}"`],
  ["traefik", JSON.stringify({ level: "debug", msg: GO, time: "2026-04-09T07:31:04Z" })],
  [
    "traefik",
    '10.8.0.7 - - [09/Apr/2026:07:31:04 +0000] "GET / HTTP/2.0" 200 12 "-" "-" 81 "till@file" "https://10.8.0.9:9443" 7ms',
  ],
  [
    "envoy",
    '[2026-04-09T07:31:04.250Z] "- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - - 10.8.0.1:8443 10.8.0.7:50112 - -',
  ],
  [
    "envoy",
    "[2026-04-09 07:31:04.250][15][debug][connection] [source/a.cc:2] [C31] TLS error: 268435648:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE",
  ],
  [
    "envoy",
    JSON.stringify({
      start_time: "2026-04-09T07:31:04.250Z",
      downstream_remote_address: "10.8.0.7:50112",
      response_flags: "-",
    }),
  ],
  ["stunnel", "2026.04.09 07:31:04 LOG4[9]: CERT: Pre-verification error: certificate has expired"],
];

test("each proxy has a parser of its own", () => {
  const parsers = Object.keys(PARSERS).map((proxy) => parserOf(proxy as LoggingProxy));
  expect(new Set(parsers).size).toBe(8);
});

describe("a line", () => {
  test.each(LINES)("of %s is known by its format: %s", (proxy, line) => {
    expect(recognise(line)[0]).toBe(proxy);
  });

  test.each(LINES.filter(([proxy]) => !["apache", "haproxy", "stunnel"].includes(proxy)))(
    "of %s is known as Docker keeps it, too: %s",
    (proxy, line) => {
      const kept = JSON.stringify({ log: `${line}\n`, stream: "stderr", time: "2026-04-09T07:31:04.25Z" });
      expect(recognise(kept)[0]).toBe(proxy);
    },
  );

  const combined = '10.8.0.7 - - [09/Apr/2026:07:31:04 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8.7"';

  test("of the combined format may be nginx's or Apache's", () => {
    expect(recognise(combined).slice(0, 2)).toEqual(["nginx", "apache"]);
  });

  test("is whose syslog says that it is, when the format is that of several", () => {
    expect(recognise(`<134>Apr  9 07:31:04 edge httpd[12]: ${combined}`)[0]).toBe("apache");
    expect(recognise(`Apr  9 07:31:04 edge nginx: ${combined}`)[0]).toBe("nginx");
  });

  test.each([
    "",
    " ",
    "{}",
    "hello",
    "GET / HTTP/1.1",
    '{"level":"info"}',
    "\0\x1b[2J",
    "Apr  9 07:31:04 edge sshd[1]: closed",
  ])("%j is nobody's", (line) => {
    expect(recognise(line)).toEqual([]);
  });
});

describe("a choice", () => {
  const of = (proxy: LoggingProxy) => LINES.filter(([each]) => each === proxy).map(([, line]) => line);
  const pairs = Object.keys(PARSERS).flatMap((proxy) =>
    LINES.map(([of]) => [of, proxy] as [LoggingProxy, LoggingProxy]),
  );
  const isNginx = (proxy: LoggingProxy) => proxy.startsWith("nginx");

  test.each([...new Map(pairs.map((pair) => [pair.join(), pair])).values()])(
    "lines of %s, taken for those of %s",
    (proxy, chosen) => {
      const fits = proxy === chosen || (isNginx(proxy) && isNginx(chosen));
      expect(misfit(of(proxy), chosen)).toBe(fits ? null : proxy);
    },
  );

  const combined = '10.8.0.7 - - [09/Apr/2026:07:31:04 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8.7"';
  const [nginx = "", json = ""] = of("nginx");
  const [apache = ""] = of("apache");

  test.each<[string, string[], LoggingProxy, LoggingProxy | null]>([
    ["nothing at all", [], "nginx", null],
    ["what nobody writes", ["hello", "{}"], "nginx", null],
    ["what both write says nothing", [combined, combined], "apache", null],
    ["what only one writes says it", [combined, combined, nginx], "apache", "nginx"],
    ["one line that went astray", [apache, apache, nginx], "apache", null],
    ["ten times as many", [apache, ...Array.from({ length: 10 }, () => json)], "apache", "nginx"],
    [
      "a start of another program",
      ["[2026-04-09 07:31:04.250][1][info][main] [source/server/server.cc:430] starting"],
      "nginx",
      null,
    ],
  ])("%s", (_, lines, chosen, expected) => {
    expect(misfit(lines, chosen)).toBe(expected);
  });
});

test("whatever is left of a line, it is of each proxy once or not at all", () => {
  fc.assert(
    fc.property(mutatedLine(LINES.map(([, line]) => line)), (line) => {
      const found = recognise(line);
      expect(new Set(found).size).toBe(found.length);
      expect(() => misfit([line], "nginx")).not.toThrow();
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});
