import { expect, test } from "vitest";
import { clientsHref, readAddress } from "#components/client/client-address.ts";

test("an address keeps what the list is narrowed to from page to page", () => {
  const said = { service: "orders", environment: "production", owner: "Team & Co", tag: "a:b" };
  const address = readAddress({ q: " bill ", state: "ending", ...said, after: "x y" });
  expect(address).toEqual({ search: "bill", state: "ending", ...said, after: "x y" });
  expect(readAddress(queryOf(clientsHref(address, "a&b")))).toEqual({ ...address, after: "a&b" });
  expect(clientsHref(address)).not.toContain("after");
});

test("what an address cannot mean is passed over", () => {
  expect(readAddress({ q: ["a", "b"], state: "constructor", after: "" })).toEqual({
    ...{ search: "", state: undefined, service: "", after: undefined },
    ...{ environment: "", owner: "", tag: "" },
  });
  expect(clientsHref(readAddress({}))).toBe("/clients");
});

function queryOf(href: string): Record<string, string> {
  return Object.fromEntries(new URL(href, "http://localhost").searchParams);
}
