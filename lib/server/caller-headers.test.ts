import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { CALLER_ADDRESS_HEADER } from "#lib/identity/caller.ts";
import { stateCaller, trustedProxies } from "#lib/server/caller-headers.ts";

const isTrusted = trustedProxies(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]);

function stated(headers: IncomingHttpHeaders, peer: string, encrypted = false): IncomingHttpHeaders {
  stateCaller(headers, { peer, encrypted }, isTrusted);
  return headers;
}

test("what a stranger says about its own address is removed", () => {
  const headers = stated(
    {
      host: "console.example",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      "x-forwarded-port": "1",
      "x-real-ip": "127.0.0.1",
      forwarded: "for=127.0.0.1",
      [CALLER_ADDRESS_HEADER]: "127.0.0.1",
    },
    "203.0.113.9",
  );
  expect(headers).toEqual({
    host: "console.example",
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-proto": "http",
    [CALLER_ADDRESS_HEADER]: "203.0.113.9",
  });
});

test.each([
  ["the caller as the proxy saw it", "203.0.113.9", "10.1.2.3", "203.0.113.9"],
  ["not what the caller put before it", "127.0.0.1, 203.0.113.9", "10.1.2.3", "203.0.113.9"],
  [
    "the one before a chain of trusted proxies",
    "203.0.113.9, 10.9.9.9, 192.0.2.7",
    "10.1.2.3",
    "203.0.113.9",
  ],
  ["a proxy over IPv6", "2001:db9::1", "2001:db8::5", "2001:db9::1"],
  ["a proxy over a socket of both families", "203.0.113.9", "::ffff:10.1.2.3", "203.0.113.9"],
  ["the proxy itself when it forwards nonsense", "unknown, none", "10.1.2.3", "10.1.2.3"],
  ["the proxy itself when it forwards nothing", "", "10.1.2.3", "10.1.2.3"],
])("behind a trusted proxy the caller is %s", (_what, forwardedFor, peer, caller) => {
  expect(stated({ "x-forwarded-for": forwardedFor }, peer)[CALLER_ADDRESS_HEADER]).toBe(caller);
});

test("a trusted proxy says whether the browser speaks https", () => {
  expect(stated({ "x-forwarded-proto": "https" }, "10.0.0.1")["x-forwarded-proto"]).toBe("https");
  expect(stated({ "x-forwarded-proto": "gopher" }, "10.0.0.1")["x-forwarded-proto"]).toBe("http");
  expect(stated({}, "203.0.113.9", true)["x-forwarded-proto"]).toBe("https");
});
