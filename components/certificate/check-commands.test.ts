import { expect, test } from "vitest";
import { checkCommands } from "#components/certificate/check-commands.ts";

const FACTS = {
  fileStem: "api.example.com",
  trustUrl: "http://localhost:3080/trust/server-ca.pem",
  serverName: "api.example.com",
  intermediates: 1,
};
const codeFor = (usages: ("server" | "client")[]) =>
  checkCommands({ ...FACTS, usages })
    .map((command) => command.code.replaceAll(/\\\n\s*/g, ""))
    .join("\n");

test("the chain is checked strictly, against the bundle of its own issuer, for its own purpose", () => {
  for (const [usages, purpose] of [
    [["server"], "sslserver"],
    [["client"], "sslclient"],
    [[], "any"],
  ] as const) {
    const code = codeFor([...usages]);
    expect(code).toContain("curl -fsS -o trust.pem http://localhost:3080/trust/server-ca.pem");
    expect(code).toContain(
      `openssl verify -x509_strict -purpose ${purpose} -CAfile trust.pem api.example.com.crt`,
    );
  }
});

test("a server is told how to present itself, a client how to be let in, and one that is both gets both", () => {
  expect(codeFor(["server"])).toContain("ssl_certificate_key");
  expect(codeFor(["server"])).not.toContain("ssl_verify_client");
  expect(codeFor(["client"])).toContain("ssl_verify_client on;\nssl_verify_depth 2;");
  expect(codeFor(["client"])).toContain("curl --cert api.example.com.fullchain.pem");
  expect(codeFor(["client"])).not.toContain("ssl_certificate_key");
  expect(codeFor(["server", "client"])).toContain("ssl_certificate_key");
  expect(codeFor(["server", "client"])).toContain("ssl_verify_client");
});
