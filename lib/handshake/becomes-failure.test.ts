import { expect, test } from "vitest";
import { becomesFailure } from "./becomes-failure.ts";
import type { Cause } from "./causes.ts";
import type { Finding, Observation, Reason } from "./observation.ts";
import { observation } from "./testdata/small-world.ts";
import { wholeHandshake } from "./whole-handshake.ts";

const verify: Finding = { kind: "verify", error: 10, depth: null, which: "last", words: "" };
const because = (reason: Reason, words = ""): Finding => ({ kind: "reason", reason, words });

interface Case {
  what: string;
  line: Partial<Observation>;
  cause: Cause;
  is: boolean;
}

test.each<Case>([
  {
    what: "a certificate that was refused",
    line: { finding: verify },
    cause: "client-certificate-expired",
    is: true,
  },
  {
    what: "a certificate that was found bad, and let in because it is optional",
    line: { finding: verify, outcome: "accepted" },
    ...{ cause: "client-certificate-expired", is: true },
  },
  {
    what: "a revoked certificate that was let in",
    line: { finding: null, outcome: "accepted" },
    ...{ cause: "revocation-not-checked", is: true },
  },
  { what: "one that went well", line: { finding: null, outcome: "accepted" }, cause: "none", is: false },
  {
    what: "a client that left without a word, be it a health check or one that refused the server",
    line: { finding: because("closed") },
    ...{ cause: "connection-dropped", is: true },
  },
  {
    what: "a client that left when it had the server's certificate, and no line says that it was refused",
    line: { finding: because("closed"), outcome: "unknown" },
    ...{ cause: "server-name-mismatch", is: true },
  },
  { what: "what is no TLS", line: { finding: because("not-tls") }, cause: "not-tls", is: true },
  {
    what: "one that began, and of which the log says no more",
    line: { finding: null, outcome: "unknown", served: { names: [], notAfter: null } },
    ...{ cause: "server-name-mismatch", is: false },
  },
  {
    what: "a connection that was closed after its handshake",
    line: { finding: because("closed"), outcome: "accepted" },
    ...{ cause: "connection-dropped", is: false },
  },
  {
    what: "an error that another connection left behind, in one that was served",
    line: { finding: because("stale-error"), outcome: "accepted" },
    ...{ cause: "intermediate-missing", is: false },
  },
  {
    what: "a refusal without a reason",
    line: { finding: null, outcome: "refused" },
    ...{ cause: "client-certificate-expired", is: true },
  },
  {
    what: "an answer 502 of which no line says why",
    line: { finding: null, outcome: "unknown", direction: "upstream", status: 502 },
    ...{ cause: "proxy-certificate-untrusted", is: false },
  },
  {
    what: "an answer 400 with nginx's page for a bad certificate",
    line: { finding: because("not-said", "The SSL certificate error"), log: "access", status: 400 },
    ...{ cause: "client-certificate-expired", is: true },
  },
  {
    what: "an answer 400 with the page of some application",
    line: { finding: because("not-said"), log: "access", status: 400 },
    ...{ cause: "client-certificate-expired", is: false },
  },
])("$what is a failure: $is", ({ line, cause, is }) => {
  const handshake = wholeHandshake([observation({ proxy: "nginx", outcome: "refused", ...line })]);
  expect(becomesFailure(handshake, { cause })).toBe(is);
});

test("one that another proxy refused is a failure, whatever it says", () => {
  const line = { finding: because("not-said"), log: "access" as const, outcome: "refused" as const };
  const handshake = wholeHandshake([observation({ proxy: "envoy", ...line })]);
  expect(becomesFailure(handshake, { cause: "client-certificate-expired" })).toBe(true);
});
