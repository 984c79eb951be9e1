import { expect, test } from "vitest";
import { guessNameType, parseNameList } from "#lib/x509/name-list.ts";

test.each([
  ["api.example.com", "dns"],
  ["*.example.com", "dns"],
  ["192.0.2.1", "ip"],
  ["2001:db8::1", "ip"],
  ["spiffe://example.com/api", "uri"],
  ["urn:uuid:0", "uri"],
  ["ops@example.com", "email"],
])("%s is taken for a name of type %s", (value, type) => {
  expect(guessNameType(value)).toBe(type);
});

test("a pasted list becomes names, each once, whatever separates them", () => {
  expect(parseNameList("a.example, b.example;c.example\n\n 192.0.2.1\tA.EXAMPLE")).toEqual([
    { type: "dns", value: "A.EXAMPLE" },
    { type: "dns", value: "b.example" },
    { type: "dns", value: "c.example" },
    { type: "ip", value: "192.0.2.1" },
  ]);
});

test("openssl's marks say the type", () => {
  expect(
    parseNameList(
      "DNS:a.example, IP Address:2001:db8::1, IP:192.0.2.1, URI:https://a.example/x, email:a@b.example",
    ),
  ).toEqual([
    { type: "dns", value: "a.example" },
    { type: "ip", value: "2001:db8::1" },
    { type: "ip", value: "192.0.2.1" },
    { type: "uri", value: "https://a.example/x" },
    { type: "email", value: "a@b.example" },
  ]);
});

test("a JSON list can be pasted too", () => {
  expect(parseNameList('["a.example", "b.example"]').map((name) => name.value)).toEqual([
    "a.example",
    "b.example",
  ]);
});

test("an unknown mark is left for the check to refuse", () => {
  expect(parseNameList("dirName:x")).toEqual([{ type: "dns", value: "dirName:x" }]);
  expect(parseNameList(" ,\n")).toEqual([]);
});
