import { expect, test } from "vitest";
import { actionFor } from "./action.ts";
import { CAUSE_CODES, type Cause } from "./causes.ts";

test.each(CAUSE_CODES.map((cause) => [cause] as const))(
  "for %s there are words, with or without a button",
  (cause) => {
    for (const certificate of [null, "one"]) {
      const { code, words, directive } = actionFor(cause, "nginx", certificate);
      expect(words).toMatch(/^[A-Z].*\.$/);
      expect(directive !== null).toBe(code === "copy-directive");
    }
  },
);

test.each<[Cause, string | null, string | null]>([
  ["client-certificate-expired", "one", "renew"],
  ["client-certificate-expired", null, null],
  ["client-certificate-revoked", "one", "rotate"],
  ["issuer-unknown", "one", "admit"],
  ["intermediate-missing", "one", "download-intermediate"],
  ["intermediate-missing", null, null],
  ["crl-expired", null, "publish-crl"],
  ["trust-anchor-rekeyed", null, "download-bundle"],
  ["connection-dropped", "one", null],
])("%s with the certificate %s: %s", (cause, certificate, code) => {
  expect(actionFor(cause, "nginx", certificate).code).toBe(code);
});

test("a directive is one of that proxy's, or there is none", () => {
  expect(actionFor("chain-too-long", "nginx", null).directive).toBe("ssl_verify_depth 4;");
  expect(actionFor("chain-too-long", "apache", null).directive).toBe("SSLVerifyDepth 4");
  expect(actionFor("chain-too-long", "caddy", null)).toMatchObject({ code: null, directive: null });
});
