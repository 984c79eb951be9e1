import { describe, expect, test } from "vitest";
import { bareLine } from "./line-prefix.ts";
import { peerKeys, socketAddress } from "./socket-address.ts";

const RECEIVED = Date.parse("2026-04-09T08:00:00Z");
const AT = Date.parse("2026-04-09T07:31:04Z");

describe("what stands before a line", () => {
  test.each<[string, string, string | null, number | null]>([
    ["nothing", "it failed", null, null],
    ["the journal", "Apr  9 07:31:04 edge caddy[811]: it failed", "caddy", AT],
    ["the journal in ISO time", "2026-04-09T09:31:04+02:00 edge caddy[811]: it failed", "caddy", AT],
    ["syslog of RFC 3164", "<30>Apr  9 07:31:04 edge caddy[811]: it failed", "caddy", AT],
    ["syslog of RFC 5424", "<30>1 2026-04-09T07:31:04Z edge caddy 811 - - it failed", "caddy", AT],
    ["Kubernetes", "2026-04-09T07:31:04.000000001Z stdout F it failed", null, AT],
    ["Docker", '{"log":"it failed\\n","stream":"stderr","time":"2026-04-09T07:31:04.000000001Z"}', null, AT],
    ["Docker Compose", "edge-proxy-1  | it failed", null, null],
    ["colours", "\x1b[90mit\x1b[0m \x1b[1;31mfailed\x1b[0m", null, null],
  ])("%s", (_, line, program, at) => {
    const bare = bareLine(line, RECEIVED);
    expect(bare).toMatchObject({ text: "it failed", program });
    expect(bare.time?.at ?? null).toBe(at);
  });

  test.each([
    "2026-04-09T07:31:04Z ERR Error: it failed",
    '{"log":1,"stream":"stderr"}',
    '{"log":"cut',
    "2026-04-09T07:31:04.250Z\tdebug\tenvoy connection\tit failed",
  ])("nothing of %j is taken off", (line) => {
    expect(bareLine(line, RECEIVED).text).toBe(line);
  });
});

describe("an address", () => {
  test.each<[string, string, number | null]>([
    ["10.8.0.7:50112", "10.8.0.7", 50_112],
    ["10.8.0.7", "10.8.0.7", null],
    ["[2001:db8::7]:50112", "2001:db8::7", 50_112],
    ["[2001:db8::7]", "2001:db8::7", null],
    ["2001:db8::7", "2001:db8::7", null],
    ["[fe80::7%eth0]:443", "fe80::7%eth0", 443],
    ["till.example:443", "till.example", 443],
  ])("%s", (text, address, port) => {
    expect(socketAddress(text)).toEqual({ address, port });
  });

  test.each([
    "",
    "-",
    "till.example",
    ":443",
    "10.8.0.7:",
    "[::1",
    "a b:1",
    "10.8.0.7:123456",
    "x".repeat(400),
  ])("%j is none", (text) => {
    expect(socketAddress(text)).toBeNull();
  });

  test("is a key only with its port", () => {
    expect(peerKeys(socketAddress("10.8.0.7:50112"))).toEqual(["peer 10.8.0.7:50112"]);
    expect(peerKeys(socketAddress("10.8.0.7"))).toEqual([]);
    expect(peerKeys(null)).toEqual([]);
  });
});
