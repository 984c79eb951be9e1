import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutatedLine, slowdown } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED, SLOWDOWN_MAX } from "#e2e/fixtures/sizes.ts";
import type { Observation } from "#lib/handshake/observation.ts";
import { parseEnvoy } from "./envoy.ts";

const CONTEXT = { receivedAt: Date.parse("2026-04-09T08:00:00Z") };
const TIME = "2026-04-09T07:31:04.250Z";
const AT = Date.parse(TIME);

const parse = (line: string) => parseEnvoy(line, CONTEXT);
const seen = (line: string): Observation | null => {
  const parsed = parse(line);
  return parsed.kind === "observation" ? parsed.observation : null;
};

const ssl = (reason: number, name: string, more = "") =>
  `TLS_error:|${0x10000000 + reason}:SSL routines:OPENSSL_internal:${name}${more}:TLS_error_end`;
const X509 = ":verify cert failed: X509_verify_cert: certificate verification error at depth";
const NO_ISSUER = ssl(125, "CERTIFICATE_VERIFY_FAILED", `${X509} 0: unable to get local issuer certificate`);
const ABSENT = ssl(
  192,
  "PEER_DID_NOT_RETURN_A_CERTIFICATE",
  ":peer did not provide required client certificate",
);
const ALERT = ssl(1045, "SSLV3_ALERT_CERTIFICATE_EXPIRED");

describe("a JSON access log of a listener", () => {
  const fields = {
    start_time: TIME,
    connection_id: 31,
    downstream_direct_remote_address: "10.8.0.7:50112",
    downstream_local_address: "10.8.0.1:8443",
    downstream_transport_failure_reason: NO_ISSUER,
    requested_server_name: "till.example",
    downstream_tls_version: null,
    downstream_peer_subject: "CN=kiosk-4.example,O=Quarry\\, Tills",
    downstream_peer_issuer: "CN=Quarry CA 3",
    downstream_peer_serial: "00beef",
    downstream_peer_fingerprint_256: "ab".repeat(32),
    downstream_peer_fingerprint_1: "CD".repeat(20),
    downstream_peer_cert_v_start: "2026-01-02T03:04:05.000Z",
    downstream_peer_cert_v_end: "2026-07-02T03:04:05.000Z",
    downstream_peer_uri_san: "spiffe://quarry.example/till/4",
    downstream_peer_dns_san: "kiosk-4.example,kiosk.example",
  };
  const json = (more: object) => seen(JSON.stringify({ ...fields, ...more }));

  test("says who was refused, and why", () => {
    expect(json({})).toEqual({
      proxy: "envoy",
      log: "access",
      at: AT,
      zone: "said",
      keys: ["connection 31", "peer 10.8.0.7:50112"],
      peer: { address: "10.8.0.7", port: 50_112 },
      direction: "inbound",
      outcome: "refused",
      finding: {
        kind: "verify",
        error: 20,
        depth: 0,
        which: "first",
        words: "unable to get local issuer certificate",
      },
      certificate: {
        role: "leaf",
        subject: "CN=kiosk-4.example,O=Quarry\\, Tills",
        issuer: "CN=Quarry CA 3",
        serial: "beef",
        sha1: "cd".repeat(20),
        sha256: "ab".repeat(32),
        notBefore: Date.parse("2026-01-02T03:04:05Z"),
        notAfter: Date.parse("2026-07-02T03:04:05Z"),
        names: ["uri:spiffe://quarry.example/till/4", "dns:kiosk-4.example", "dns:kiosk.example"],
      },
      serverName: "till.example",
      listener: "10.8.0.1:8443",
      upstream: null,
      tls: null,
      status: null,
      quote: NO_ISSUER,
    });
  });

  test.each<[string, object, object]>([
    [
      "no certificate",
      { downstream_transport_failure_reason: ABSENT },
      { finding: { reason: "certificate-absent" } },
    ],
    ["the client's alert", { downstream_transport_failure_reason: ALERT }, { finding: { alert: 45 } }],
    [
      "words of tomorrow",
      { downstream_transport_failure_reason: "stars are wrong" },
      { finding: { reason: "not-said", words: "stars are wrong" } },
    ],
    [
      "a name of the operator's",
      { downstream_transport_failure_reason: undefined, tls_failure: ABSENT },
      { outcome: "refused", finding: { reason: "certificate-absent" } },
    ],
    [
      "nothing that failed",
      { downstream_transport_failure_reason: "-", downstream_tls_version: "TLSv1.3" },
      { outcome: "accepted", finding: null, tls: "1.3" },
    ],
    [
      "address and port apart",
      { downstream_direct_remote_address: "10.8.0.7", downstream_direct_remote_port: 50_112 },
      { peer: { address: "10.8.0.7", port: 50_112 } },
    ],
    ["a time in seconds", { start_time: "1775719864.250" }, { at: AT }],
    [
      "no such name",
      {
        response_flags: "NR",
        response_code_details: "filter_chain_not_found",
        downstream_transport_failure_reason: null,
      },
      { outcome: "refused", finding: { reason: "server-name" } },
    ],
  ])("with %s", (_, more, expected) => {
    expect(json(more)).toMatchObject({ direction: "inbound", ...expected });
  });

  test("of TCP keeps to its names, whose failure it was", () => {
    const failure = { start_time: TIME, upstream_transport_failure_reason: NO_ISSUER };
    expect(seen(JSON.stringify(failure))?.direction).toBe("upstream");
    const unnamed = { start_time: TIME, response_flags: "UF", tls_failure: NO_ISSUER };
    expect(seen(JSON.stringify(unnamed))?.direction).toBe("upstream");
  });

  test("has keys in whatever case, and nested", () => {
    const line = JSON.stringify({
      log: {
        START_TIME: TIME,
        tls: { downstreamTransportFailureReason: NO_ISSUER, DOWNSTREAM_PEER_SERIAL: "beef" },
      },
      "downstream-remote-address": "[2001:db8::7]:50112",
    });
    expect(seen(line)).toMatchObject({
      at: AT,
      peer: { address: "2001:db8::7", port: 50_112 },
      finding: { error: 20 },
      certificate: { serial: "beef" },
    });
  });

  test("has the names in the reason when those are wrong", () => {
    const reason = ssl(
      125,
      "CERTIFICATE_VERIFY_FAILED",
      ":verify cert failed: SAN matcher, certificate SANs are [spiffe://other.example/a, b.example]",
    );
    const line = JSON.stringify({ start_time: TIME, downstream_transport_failure_reason: reason });
    expect(seen(line)).toMatchObject({
      finding: { reason: "name-mismatch" },
      certificate: { names: ["uri:spiffe://other.example/a", "dns:b.example"] },
    });
  });
});

describe("a JSON access log of requests", () => {
  const fields = {
    start_time: TIME,
    method: "GET",
    path: `/?${ABSENT}`,
    protocol: "HTTP/2",
    response_code: 200,
    response_flags: "-",
    response_code_details: "via_upstream",
    connection_termination_details: "-",
    upstream_transport_failure_reason: "-",
    bytes_received: 0,
    bytes_sent: 12,
    user_agent: ABSENT,
    authority: "till.example:8443",
    upstream_host: "10.8.0.9:9443",
    upstream_cluster: "outbound|9443||depot.example",
    downstream_remote_address: "10.8.0.7:50112",
  };
  const json = (more: object) => seen(JSON.stringify({ ...fields, ...more }));

  test("that were answered", () => {
    expect(json({ downstream_tls_version: "TLSv1.2" })).toMatchObject({
      direction: "inbound",
      outcome: "accepted",
      finding: null,
      tls: "1.2",
      status: 200,
      serverName: "till.example",
      upstream: "10.8.0.9:9443",
      certificate: null,
    });
  });

  test("with the header that names the client", () => {
    const xfcc = `By=spiffe://a;Hash=${"ab".repeat(32)};Subject="CN=kiosk-4,O=\\"Quarry\\"";URI=spiffe://quarry.example/4;DNS=kiosk-4.example`;
    expect(json({ x_forwarded_client_cert: xfcc })?.certificate).toMatchObject({
      subject: 'CN=kiosk-4,O="Quarry"',
      sha256: "ab".repeat(32),
      names: ["uri:spiffe://quarry.example/4", "dns:kiosk-4.example"],
    });
    expect(json({ x_forwarded_client_cert: `${xfcc},${xfcc}` })?.certificate).toBeNull();
    expect(json({ x_forwarded_client_cert: "Subject=" })?.certificate).toBeNull();
  });

  test.each<[string, object, object]>([
    [
      "its certificate",
      { upstream_transport_failure_reason: NO_ISSUER },
      { outcome: "refused", finding: { error: 20, depth: 0 }, quote: NO_ISSUER },
    ],
    [
      "its alert",
      { upstream_transport_failure_reason: ALERT },
      { outcome: "refused", finding: { alert: 45 } },
    ],
    [
      "a secret that is missing",
      { upstream_transport_failure_reason: "TLS error: Secret is not supplied by SDS" },
      { outcome: "refused", finding: { reason: "secret-absent" } },
    ],
    [
      "no connection",
      {
        response_code_details:
          "upstream_reset_before_response_started{remote_connection_failure,_transport_failure_reason:_delayed_connect_error:_111}",
      },
      { outcome: "refused", finding: { reason: "unreachable" } },
    ],
    [
      "the cause in the details",
      {
        response_code_details: `upstream_reset_before_response_started{remote_connection_failure|${ALERT.replaceAll(" ", "_")}}`,
      },
      { outcome: "refused", finding: { alert: 45 } },
    ],
    [
      "no more than a flag",
      { response_code_details: "-" },
      { outcome: "refused", finding: { reason: "not-said", words: "UF,URX" } },
    ],
    [
      "an end of the connection",
      {
        response_flags: "UC",
        response_code_details: "upstream_reset_before_response_started{connection_termination}",
      },
      { outcome: "unknown", finding: { reason: "closed" } },
    ],
    [
      "nobody there",
      { response_flags: "UH", response_code_details: "no_healthy_upstream" },
      { outcome: "unknown", finding: null },
    ],
  ])("that failed upstream: %s", (_, more, expected) => {
    expect(json({ response_code: 503, response_flags: "UF,URX", ...more })).toMatchObject({
      direction: "upstream",
      status: 503,
      peer: null,
      keys: ["peer 10.8.0.7:50112"],
      upstream: "10.8.0.9:9443",
      ...expected,
    });
  });
});

describe("a text access log", () => {
  const istio = (code: string, details: string, request = "GET / HTTP/1.1", more = "") =>
    `[${TIME}] "${request}" ${code} ${details} 0 91 18 - "192.0.2.1" "agent "x" 1" "7d-1" "till.example:8443" "10.8.0.9:9443" outbound|9443||depot.example 10.8.0.1:41000 10.8.0.1:8443 10.8.0.7:50112 till.example default${more}`;

  test.each<[string, string, object]>([
    [
      "Istio, answered",
      istio("200 -", 'via_upstream - "-"'),
      {
        direction: "inbound",
        outcome: "accepted",
        status: 200,
        finding: null,
        peer: { address: "10.8.0.7", port: 50_112 },
      },
    ],
    [
      "Istio, upstream refused",
      istio("503 UF,URX", `upstream_reset_before_response_started{connection_failure} - "${NO_ISSUER}"`),
      { direction: "upstream", outcome: "refused", finding: { error: 20, depth: 0 } },
    ],
    [
      "Istio of 2020",
      istio("503 UF,URX", '"-" "TLS error: Secret is not supplied by SDS"'),
      { direction: "upstream", finding: { reason: "secret-absent" } },
    ],
    [
      "a client's words in the path",
      istio("200 -", 'via_upstream - "-"', `GET /${ABSENT} HTTP/1.1`),
      { outcome: "accepted", finding: null },
    ],
    [
      "the client's certificate added by name",
      istio(
        "200 -",
        'via_upstream - "-"',
        "GET / HTTP/1.1",
        ' downstream_peer_serial="00beef" downstream_tls_version=TLSv1.3',
      ),
      { outcome: "accepted", tls: "1.3", certificate: { serial: "beef" } },
    ],
    [
      "the same name twice",
      istio(
        "200 -",
        'via_upstream - "-"',
        "GET / HTTP/1.1",
        " downstream_peer_serial=1 downstream_peer_serial=2",
      ),
      { certificate: null },
    ],
  ])("%s", (_, line, expected) => {
    expect(seen(line)).toMatchObject({
      proxy: "envoy",
      log: "access",
      at: AT,
      keys: ["peer 10.8.0.7:50112"],
      serverName: "till.example",
      listener: "10.8.0.1:8443",
      upstream: "10.8.0.9:9443",
      ...expected,
    });
  });

  const tcp = (code: string, details: string, more = "") =>
    `[${TIME}] "- - -" ${code} ${details} 0 0 14 - "-" "-" "-" "-" "-" - - 10.8.0.1:8443 10.8.0.7:50112 till.example -${more}`;

  test.each<[string, string, object]>([
    [
      "the reason added behind",
      tcp("0 -", '- - "-"', ` "${NO_ISSUER}"`),
      { finding: { error: 20 }, quote: NO_ISSUER },
    ],
    [
      "the reason added by name",
      tcp("0 -", '- - "-"', ` downstream_transport_failure_reason="${ABSENT}"`),
      { finding: { reason: "certificate-absent" } },
    ],
    ["the reason in Istio's place", tcp("0 -", `- - "${ALERT}"`), { finding: { alert: 45 } }],
    [
      "what Emissary puts before it",
      `ACCESS ${tcp("0 NR", 'filter_chain_not_found - "-"')}`,
      { finding: { reason: "server-name" } },
    ],
    [
      "no such name",
      tcp("0 NR", 'filter_chain_not_found - "-"'),
      { finding: { reason: "server-name", words: "filter_chain_not_found" } },
    ],
    ["a flag alone", tcp("0 NR", '- - "-"'), { finding: { reason: "server-name", words: "NR" } }],
    ["nothing at all, as versions before 2023", tcp("0 -", '- - "-"'), { finding: { reason: "not-said" } }],
  ])("of a listener, refused, with %s", (_, line, expected) => {
    expect(seen(line)).toMatchObject({
      direction: "inbound",
      outcome: "refused",
      peer: { address: "10.8.0.7", port: 50_112 },
      serverName: "till.example",
      upstream: null,
      status: null,
      ...expected,
    });
  });

  test("of Envoy's default format has no address but the upstream's", () => {
    const line = `[${TIME}] "POST /a HTTP/2" 503 UF 0 91 4 - "192.0.2.1" "agent" "7d-1" "till.example" "10.8.0.9:9443"`;
    expect(seen(line)).toMatchObject({
      direction: "upstream",
      outcome: "refused",
      finding: { reason: "not-said", words: "UF" },
      upstream: "10.8.0.9:9443",
      peer: null,
      keys: [],
      status: 503,
    });
  });

  test("of a route that does not exist is a request like others", () => {
    const line = istio("404 NR", 'route_not_found - "-"').replace(
      '"10.8.0.9:9443" outbound|9443||depot.example 10.8.0.1:41000',
      '"-" - -',
    );
    expect(seen(line)).toMatchObject({
      direction: "inbound",
      outcome: "unknown",
      finding: null,
      status: 404,
    });
  });
});

describe("debug lines", () => {
  const head = "[2026-04-09 07:31:04.250][15][debug][connection]";
  const inbound = { proxy: "envoy", log: "error", at: AT, direction: "inbound", outcome: "refused" };

  test.each<[string, string, object]>([
    [
      "of 2021",
      `${head} [source/extensions/transport_sockets/tls/ssl_socket.cc:224] [C31] TLS error: 268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED`,
      {
        finding: { kind: "verify", error: null },
        peer: null,
        keys: ["connection 31", `thread 15 at ${AT}`, `thread 15 at ${AT - 1}`],
      },
    ],
    [
      "of 2023",
      `${head} [source/common/tls/ssl_socket.cc:246] [C31] remote address:10.8.0.7:50112,${ABSENT}`,
      { finding: { reason: "certificate-absent" }, keys: ["connection 31", "peer 10.8.0.7:50112"] },
    ],
    [
      "of 2025",
      `${head} [source/common/tls/ssl_socket.cc:251] [Tags: "ConnectionId":"31"] remote address:10.8.0.7:50112,${ALERT}`,
      { finding: { alert: 45 }, keys: ["connection 31", "peer 10.8.0.7:50112"] },
    ],
    [
      "of today",
      `${head} [source/common/tls/ssl_socket.cc:269] [Tags: "ConnectionId":"31"] remote address:[2001:db8::7]:50112,${NO_ISSUER}`,
      { finding: { error: 20, depth: 0 }, peer: { address: "2001:db8::7", port: 50_112 } },
    ],
    [
      "of Istio",
      `${TIME}\tdebug\tenvoy connection\t[C31] TLS error: 268435648:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE`,
      { finding: { reason: "certificate-absent" }, keys: ["connection 31"] },
    ],
    [
      "of Istio today",
      `${TIME}\tdebug\tenvoy connection external/envoy/source/common/tls/ssl_socket.cc:269\t[Tags: "ConnectionId":"31"] remote address:10.8.0.7:50112,${NO_ISSUER}\tthread=28`,
      {
        finding: { error: 20 },
        keys: ["connection 31", "peer 10.8.0.7:50112", `thread 28 at ${AT}`, `thread 28 at ${AT - 1}`],
      },
    ],
    [
      "of Istio, pasted with blanks",
      `${TIME}     debug   envoy connection        [C31] TLS error: 268435648:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE`,
      { keys: ["connection 31"] },
    ],
    [
      "of Istio in JSON",
      JSON.stringify({
        time: TIME,
        level: "debug",
        scope: "envoy connection",
        msg: `[Tags: "ConnectionId":"31"] remote address:10.8.0.7:50112,${ABSENT}`,
        caller: "external/envoy/source/common/tls/ssl_socket.cc:269",
        thread: "25",
      }),
      { finding: { reason: "certificate-absent" }, keys: ["connection 31", "peer 10.8.0.7:50112"] },
    ],
    [
      "of a container",
      `edge-envoy-1  | ${head} [source/common/tls/ssl_socket.cc:251] [C31] remote address:10.8.0.7:50112,${ALERT}`,
      { finding: { alert: 45 } },
    ],
    [
      "with words of tomorrow",
      `${head} [C31] remote address:10.8.0.7:50112,TLS_error:|268435600:SSL routines:OPENSSL_internal:NEW:TLS_error_end`,
      { finding: { reason: "not-said" } },
    ],
  ])("%s", (_, line, expected) => {
    expect(seen(line)).toMatchObject({ ...inbound, ...expected });
  });

  test("the detail of its own is joined by thread and moment", () => {
    const detail = seen(
      `${head} [source/common/tls/cert_validator/default_validator.cc:321] verify cert failed: X509_verify_cert: certificate verification error at depth 1: certificate has expired`,
    );
    expect(detail).toMatchObject({
      ...inbound,
      finding: { error: 10, depth: 1 },
      keys: [`thread 15 at ${AT}`],
    });
  });

  test("whose handshake it was is taken for the client's, unless only a client has that fault", () => {
    const line = (reason: string) => `${head} [C31] remote address:10.8.0.7:50112,${reason}`;
    expect(seen(line(NO_ISSUER))?.directionAssumed).toBe(true);
    expect(seen(line(ABSENT))?.directionAssumed).toBeUndefined();
  });

  test("a low port is a server's", () => {
    const line = `${head} [C32] remote address:10.8.0.9:9443,${NO_ISSUER}`;
    expect(seen(line)).toMatchObject({ direction: "upstream", upstream: "10.8.0.9:9443", peer: null });
  });

  test.each<[string, string, object]>([
    [
      "of a client",
      "[C31] new connection from 10.8.0.7:50112",
      { direction: "inbound", keys: ["connection 31", "peer 10.8.0.7:50112"] },
    ],
    [
      "to an upstream",
      '[Tags: "ConnectionId":"32"] connecting to 10.8.0.9:39443',
      { direction: "upstream", upstream: "10.8.0.9:39443", keys: ["connection 32"] },
    ],
    [
      "for which there is no chain",
      "closing connection from 10.8.0.7:50112: no matching filter chain found",
      { direction: "inbound", outcome: "refused", finding: { reason: "server-name" } },
    ],
  ])("a connection %s", (_, said, expected) => {
    expect(seen(`${head} [source/common/network/x.cc:1] ${said}`)).toMatchObject({
      outcome: "unknown",
      ...expected,
    });
  });
});

test("the body that a client got says why the upstream failed", () => {
  const line =
    "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end";
  expect(seen(line)).toMatchObject({
    direction: "upstream",
    outcome: "refused",
    at: null,
    finding: { kind: "verify" },
  });
});

test.each([
  `"${ABSENT}"`,
  "...268435648:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE:TLS_error_end",
])("the reason alone is enough: %s", (line) => {
  const expected = {
    direction: "inbound",
    directionAssumed: true,
    finding: { reason: "certificate-absent" },
  };
  expect(seen(line)).toMatchObject(expected);
});

describe("what is no observation", () => {
  test.each([
    "[2026-04-09 07:31:04.250][1][info][main] [source/server/server.cc:430] initializing epoch 0",
    "[2026-04-09 07:31:04.250][15][debug][connection] [source/common/network/connection_impl.cc:250] [C31] closing socket: 0",
    `${TIME}\tinfo\tenvoy main external/envoy/source/server/server.cc:430\tinitializing epoch 0\tthread=13`,
  ])("%s is one of Envoy's", (line) => {
    expect(parse(line)).toEqual({ kind: "other" });
  });

  test.each([
    "",
    "{}",
    `[${TIME}] "GET / HTTP/1.1" 200`,
    `[${TIME}] GET / HTTP/1.1 200 - 1 2`,
    '[Sat Apr 09 07:31:04.250 2026] [ssl:info] [pid 1:tid 2] "a" 200 -',
    JSON.stringify({ level: "info", time: TIME, msg: "x", DownstreamStatus: 200 }),
    JSON.stringify({ start_time: TIME, downstream_peer_subject: "CN=a" }).slice(0, -4),
    `{"response_flags":${"[".repeat(10_000)}`,
    "\0\x1b[2J\uFFFD",
  ])("%j is not understood", (line) => {
    expect(parse(line)).toEqual({ kind: "not-understood" });
  });
});

const SAMPLES = [
  JSON.stringify({
    start_time: TIME,
    downstream_transport_failure_reason: NO_ISSUER,
    downstream_remote_address: "10.8.0.7:50112",
  }),
  `[${TIME}] "GET / HTTP/1.1" 503 UF,URX a{b} - "${NO_ISSUER}" 0 91 18 - "-" "agent" "7d-1" "till.example" "10.8.0.9:9443" outbound|1||a 10.8.0.1:41000 10.8.0.1:8443 10.8.0.7:50112 till.example default a="b"`,
  `[2026-04-09 07:31:04.250][15][debug][connection] [source/a.cc:251] [Tags: "ConnectionId":"31"] remote address:10.8.0.7:50112,${NO_ISSUER}`,
  `${TIME}\tdebug\tenvoy connection external/a.cc:269\t[C31] remote address:10.8.0.7:50112,${ALERT}\tthread=28`,
];

test("whatever is left of a line, it is read or not, and nothing is thrown", () => {
  fc.assert(
    fc.property(mutatedLine(SAMPLES), (line) => {
      expect(parse(line).kind).toMatch(/^(observation|other|not-understood)$/);
      expect(seen(line)?.quote.length ?? 0).toBeLessThanOrEqual(300);
    }),
    { numRuns: FUZZ_RUNS, seed: SEED },
  );
});

test.each<[string, string, string]>([
  ["tokens", `[${TIME}] "GET / HTTP/1.1" 200 - `, '"a" b=c '],
  ["marks", `[${TIME}] "GET / HTTP/1.1" 200 - `, '"'],
  ["blanks", `[${TIME}] "GET / HTTP/1.1" 200 -`, "  "],
  ["errors", "[2026-04-09 07:31:04.250][15][debug][connection] [C31] TLS_error:", "|268435600:a b:c:d"],
  ["digits", "[2026-04-09 07:31:04.250][15][debug][connection] [C31] TLS_error:", "12345678901"],
  ["a pasted body", "upstream connect error or disconnect/reset before headers", " transport failure"],
])("a long line takes no longer per byte than a short one: %s", (_, head, part) => {
  expect(slowdown(parse, head, part)).toBeLessThan(SLOWDOWN_MAX);
});
