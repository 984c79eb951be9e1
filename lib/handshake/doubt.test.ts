import { expect, test } from "vitest";
import { diagnose } from "./diagnose.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { inventoryOf } from "./inventory-in-memory.ts";
import { UNKNOWN_PROXY } from "./inventory-view.ts";
import { joined } from "./joining.ts";
import type { LoggingProxy } from "./observation.ts";
import { parseLines } from "./parse-lines.ts";
import { DAY, THEN, WORLD } from "./testdata/small-world.ts";

/** What a line seems to say for certain, and does not. */

const inventory = inventoryOf(WORLD, []);

async function diagnosed(
  kind: LoggingProxy | null,
  lines: readonly string[],
  view = inventory,
): Promise<Diagnosis> {
  const { observed } = await parseLines(lines, kind, THEN + DAY);
  const [handshake, ...others] = joined(observed);
  expect(others).toEqual([]);
  return diagnose(handshake ?? expect.fail("no handshake"), view, UNKNOWN_PROXY);
}

const shaken = (error: string) =>
  `2031/03/04 05:06:07 [info] 9#0: *3 SSL_do_handshake() failed (SSL: ${error}) while SSL handshaking, client: 10.1.1.1, server: 0.0.0.0:443`;
const upstream = (fault: string) =>
  `2031/03/04 05:06:07 [error] 9#0: *3 upstream SSL certificate verify error: (${fault}) while SSL handshaking to upstream, client: 10.1.1.1, server: a.example, request: "GET / HTTP/1.1", upstream: "https://10.2.2.2:443/", host: "a.example"`;
const envoyUpstream = (detail: string) =>
  JSON.stringify({
    ...{ start_time: "2031-03-04T05:06:07.250Z", response_code: 503, response_flags: "UF,URX" },
    ...{ upstream_host: "10.2.2.2:443", downstream_remote_address: "10.9.0.7:50112" },
    upstream_transport_failure_reason: `TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify cert failed: X509_verify_cert: certificate verification error at ${detail}:TLS_error_end`,
  });
const haproxy = (codes: string, end: string) =>
  `10.1.1.1:4242 [04/Mar/2031:05:06:07.123] fe 1/1 fc_err=30 fc_err_str="SSL handshake failure" ssl_fc_err=0A000086 ssl_fc_err_str="error:0A000086:SSL routines::certificate verify failed" ssl_c_used=1 ${codes} sni="a.example" s_dn="/C=IS/O=Hekla Freight/CN=truck" i_dn="/C=IS/O=Hekla Freight/CN=Hekla Issuing" serial=747275636B notbefore=300101000000Z notafter=${end}`;
const caddyUpstream = (end: number) =>
  JSON.stringify({
    ...{ level: "error", ts: THEN / 1_000, logger: "http.log.error", status: 502 },
    msg: `tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2031-03-04T05:06:07Z is after ${new Date(end).toISOString().slice(0, 19)}Z`,
    request: { remote_ip: "10.1.1.1", remote_port: "4242", host: "a.example" },
  });

const answered = (status: string, verify: string) =>
  JSON.stringify({
    ...{ time: "2031-03-04T05:06:07+00:00", remote_addr: "10.1.1.1", status, ssl_client_verify: verify },
    ...{ request: "GET / HTTP/1.1", ssl_protocol: "TLSv1.3" },
  });

interface Case {
  what: string;
  kind: LoggingProxy;
  line: string;
  certainty: Diagnosis["certainty"];
  candidates: string;
}

test.each<Case>([
  {
    what: "a CRL of the proxy's for upstreams that is too old",
    ...{
      kind: "nginx",
      line: upstream("12:CRL has expired"),
      certainty: "certain",
      candidates: "crl-expired",
    },
  },
  {
    what: "a CRL that nginx lacks of an upstream, or of a stranger",
    ...{ kind: "nginx", line: upstream("3:unable to get certificate CRL") },
    ...{ certainty: "one-of", candidates: "upstream-untrusted crl-missing" },
  },
  {
    what: "an upstream that is revoked, which is no question of trust",
    ...{ kind: "nginx", line: upstream("23:certificate revoked") },
    ...{ certainty: "one-of", candidates: "upstream-untrusted" },
  },
  {
    what: "a chain of an upstream that is too long",
    ...{ kind: "nginx", line: upstream("22:certificate chain too long") },
    ...{ certainty: "certain", candidates: "chain-too-long" },
  },
  {
    what: "an upstream whose issuer is not known",
    ...{ kind: "nginx", line: upstream("20:unable to get local issuer certificate") },
    ...{ certainty: "certain", candidates: "upstream-untrusted" },
  },
  {
    what: "an upstream that has expired",
    ...{ kind: "envoy", line: envoyUpstream("depth 0: certificate has expired") },
    ...{ certainty: "certain", candidates: "upstream-certificate-expired" },
  },
  {
    what: "an authority above an upstream that has expired",
    ...{ kind: "envoy", line: envoyUpstream("depth 1: certificate has expired") },
    ...{ certainty: "one-of", candidates: "upstream-certificate-expired upstream-untrusted" },
  },
  {
    what: "an authority above an upstream that ended at that second",
    ...{ kind: "caddy", line: caddyUpstream(THEN - 5 * DAY) },
    ...{ certainty: "one-of", candidates: "upstream-certificate-expired upstream-untrusted" },
  },
  {
    what: "a leaf that the proxy calls expired, and that is not",
    ...{
      kind: "haproxy",
      line: haproxy("ssl_c_err=10 ssl_c_ca_err=0 ssl_c_ca_err_depth=0", "311229000000Z"),
    },
    ...{ certainty: "one-of", candidates: "client-certificate-expired" },
  },
  {
    what: "a leaf that is expired",
    ...{
      kind: "haproxy",
      line: haproxy("ssl_c_err=10 ssl_c_ca_err=0 ssl_c_ca_err_depth=0", "310301000000Z"),
    },
    ...{ certainty: "certain", candidates: "client-certificate-expired" },
  },
  {
    what: "an authority that is for another use",
    ...{
      kind: "haproxy",
      line: haproxy("ssl_c_err=0 ssl_c_ca_err=26 ssl_c_ca_err_depth=1", "311229000000Z"),
    },
    ...{ certainty: "one-of", candidates: "issuer-not-an-authority wrong-extended-key-usage" },
  },
  {
    what: "a leaf that is for another use",
    ...{
      kind: "haproxy",
      line: haproxy("ssl_c_err=26 ssl_c_ca_err=0 ssl_c_ca_err_depth=0", "311229000000Z"),
    },
    ...{ certainty: "certain", candidates: "wrong-extended-key-usage" },
  },
  {
    what: "a signature on the server's certificate that the client did not find good",
    ...{
      kind: "nginx",
      line: shaken("error:0A00041B:SSL routines::tlsv1 alert decrypt error:SSL alert number 51"),
    },
    ...{ certainty: "one-of", candidates: "server-untrusted" },
  },
  {
    what: "a handshake that broke for something that has no name here",
    ...{ kind: "nginx", line: shaken("error:0A00006C:SSL routines::bad key share") },
    ...{ certainty: "cannot-tell", candidates: "no-shared-parameters not-tls connection-dropped" },
  },
  {
    what: "no certificate, in the words of BoringSSL",
    ...{
      kind: "nginx",
      line: shaken("error:100000c0:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE"),
    },
    ...{ certainty: "certain", candidates: "client-certificate-missing" },
  },
  {
    what: "a request without a certificate that was answered 401, perhaps for want of a password",
    ...{ kind: "nginx", line: answered("401", "NONE") },
    ...{ certainty: "one-of", candidates: "client-certificate-missing none" },
  },
  {
    what: "a request with a bad certificate that was answered 403",
    ...{ kind: "nginx", line: answered("403", "FAILED:self-signed certificate") },
    ...{ certainty: "one-of", candidates: "self-signed none" },
  },
  {
    what: "a request with a bad certificate that was answered 400, as nginx does",
    ...{ kind: "nginx", line: answered("400", "FAILED:self-signed certificate") },
    ...{ certainty: "certain", candidates: "self-signed" },
  },
  {
    what: "an alert of which Apache does not say whose it was",
    ...{
      kind: "apache",
      certainty: "one-of",
      candidates: "server-certificate-expired proxy-certificate-expired",
    },
    line: "[Tue Mar 04 05:06:07.111111 2031] [ssl:info] [pid 9:tid 8] SSL Library Error: error:0A000415:SSL routines::sslv3 alert certificate expired (SSL alert number 45)",
  },
  {
    what: "no header of the PROXY protocol, which may be TLS all the same",
    ...{ kind: "haproxy", certainty: "one-of", candidates: "not-tls" },
    line: "Mar  4 05:06:07 lb1 haproxy[8]: 10.1.1.1:4242 [04/Mar/2031:05:06:07.123] fe/1: Received something which does not look like a PROXY protocol header",
  },
] as Case[])("$what: $certainty", async ({ kind, line, certainty, candidates }) => {
  const diagnosis = await diagnosed(kind, [line]);
  expect([diagnosis.certainty, diagnosis.candidates.join(" ")]).toEqual([certainty, candidates]);
  // Where something is open, it is said what would decide.
  expect(certainty === "certain" || diagnosis.question !== null).toBe(true);
});

const LOST = ["CN=lost,O=Hekla Freight,C=IS", "CN=Hekla Issuing,O=Hekla Freight,C=IS"];
const served = (reused = ".") =>
  JSON.stringify({
    ...{
      time: "2031-03-04T05:06:07+00:00",
      remote_addr: "10.1.1.1",
      status: "200",
      ssl_client_verify: "SUCCESS",
    },
    ...{ ssl_client_s_dn: LOST[0], ssl_client_i_dn: LOST[1], ssl_session_reused: reused },
  });
/** Revoked that long before, with CRLs of that life. */
const revoked = (since: number, life: number | null) =>
  inventoryOf(
    WORLD.map((each) =>
      each.id === "lost" ? { ...each, revocation: { since: THEN - since, isHold: false } } : each,
    ),
    life === null
      ? []
      : [
          {
            issuer: WORLD.find(({ id }) => id === "lost")?.issuer ?? "",
            ...{ thisUpdate: THEN - since, nextUpdate: THEN - since + life, revoked: [] },
          },
        ],
  );

test.each([
  { since: 2 * DAY, life: DAY, certainty: "certain", why: "no CRL of before is good any more" },
  { since: DAY / 2, life: DAY, certainty: "one-of", why: "the CRL of before is" },
  { since: DAY, life: null, certainty: "one-of", why: "it may be" },
  { since: 9 * DAY, life: null, certainty: "certain", why: "it hardly is" },
])(
  "of a revoked client that was served it is $certainty that nobody looks, as $why",
  async ({ since, life, certainty }) => {
    const diagnosis = await diagnosed("nginx", [served()], revoked(since, life));
    expect([diagnosis.cause, diagnosis.certainty]).toEqual(["revocation-not-checked", certainty]);
  },
);

test("a session that was resumed is of before the revocation", async () => {
  expect(await diagnosed("nginx", [served("r")], revoked(9 * DAY, DAY))).toMatchObject({
    ...{
      cause: "revocation-not-checked",
      certainty: "one-of",
      candidates: ["revocation-not-checked", "none"],
    },
  });
});

test.each<[LoggingProxy, string]>([
  ["nginx", '10.1.1.1 - - [04/Mar/2031:05:06:07 +0000] "GET /x HTTP/1.1" 403 153 "-" "curl/8"'],
  ["nginx", '10.1.1.1 - - [04/Mar/2031:05:06:07 +0000] "GET /x HTTP/1.1" 401 179 "-" "curl/8"'],
  ["apache", '10.1.1.1 - - [04/Mar/2031:05:06:07 +0000] "GET /x HTTP/1.1" 403 199'],
])("an answer of %s that may have been for the certificate is not certainly none: %s", async (kind, line) => {
  const { cause, certainty, candidates, question } = await diagnosed(kind, [line]);
  expect([cause, certainty]).toEqual(["none", "cannot-tell"]);
  expect(candidates).toContain("client-certificate-missing");
  expect(question).toMatch(/for its certificate/);
});

test("an answer 403 to somebody whose certificate was found good is the application's", async () => {
  const { cause, certainty } = await diagnosed("nginx", [
    JSON.stringify({
      ...{ time: "2031-03-04T05:06:07+00:00", remote_addr: "10.1.1.1", status: "403" },
      ...{ request: "GET / HTTP/1.1", ssl_protocol: "TLSv1.3", ssl_client_verify: "SUCCESS" },
      ...{ ssl_client_s_dn: "CN=nobody.example", ssl_client_i_dn: "CN=Other", ssl_client_serial: "0A" },
    }),
  ]);
  expect([cause, certainty]).toEqual(["none", "certain"]);
});
