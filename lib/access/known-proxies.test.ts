import { expect, test } from "vitest";
import { KnownProxies, type KnownProxy } from "#lib/access/known-proxies.ts";
import { makeToken, tokenHash } from "#lib/identity/api-token-format.ts";

const token = makeToken("csp_");
const proxy: KnownProxy = {
  ...{ id: "1", slug: "edge", kind: "nginx", header: "client-cert" },
  services: new Set(["payments"]),
};
const known = new KnownProxies([{ proxy, tokenHash: tokenHash(token), certificateSha256: null }]);

// Twice each: the second time it may be remembered.
test.each([`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token} `])(
  "%j is the proxy's",
  (authorization) => {
    expect(known.ofAuthorization(authorization)).toBe(proxy);
    expect(known.ofAuthorization(authorization)).toBe(proxy);
  },
);

test.each([
  "",
  "Bearer",
  "Bearer ",
  token,
  `Bearer${token}`,
  `Basic ${token}`,
  `Bearer ${token} ${token}`,
  `Bearer ${token}x`,
  `Bearer ${token.toUpperCase()}`,
  `Bearer ${makeToken("csp_")}`,
])("%j is nobody's", (authorization) => {
  expect(known.ofAuthorization(authorization)).toBeNull();
  expect(known.ofAuthorization(authorization)).toBeNull();
});
