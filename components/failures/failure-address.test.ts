import { expect, test } from "vitest";
import {
  failuresHref,
  isNarrowed,
  listingOf,
  readAddress,
  withoutFilters,
} from "#components/failures/failure-address.ts";

test("an address that says nothing is the list of open failures", () => {
  const address = readAddress({});
  expect(failuresHref(address)).toBe("/failures");
  expect(isNarrowed(address)).toBe(false);
  expect(listingOf(address, "me")).toEqual({ state: "open", after: undefined });
});

test.each([
  "q=billing+edge",
  "state=resolved",
  "client=01abc&service=pay&proxy=edge&cause=crl-expired&certainty=one-of&certificate=01cert",
  "mine=yes",
  "span=90d&live=off",
])("%s survives being read and written", (query) => {
  const address = readAddress(Object.fromEntries(new URLSearchParams(query)));
  expect(failuresHref(address)).toBe(`/failures?${query}`);
});

test("what is no value of a filter is passed over", () => {
  const address = readAddress({
    ...{ state: "closed", cause: "bad luck", certainty: "sure", span: "1y", q: ["a", "b"], mine: "1" },
  });
  expect(failuresHref(address)).toBe("/failures");
  expect(readAddress({ q: "x".repeat(1_000) }).text).toHaveLength(100);
});

test("another filter begins at the first page, and a page keeps the filters", () => {
  const address = readAddress({ service: "pay", after: "5_a", live: "off", span: "7d", state: "muted" });
  expect(failuresHref(address, { cause: "self-signed" })).toBe(
    "/failures?state=muted&service=pay&cause=self-signed&span=7d&live=off",
  );
  expect(failuresHref(address, { after: "4_b" })).toContain("after=4_b");
  expect(isNarrowed(address)).toBe(true);
  expect(withoutFilters(address)).toBe("/failures?state=muted&span=7d&live=off");
});

test("mine are those of whoever asks", () => {
  expect(listingOf(readAddress({ mine: "yes", q: "a" }), "ann")).toEqual({
    ...{ assignee: "ann", text: "a", state: "open", after: undefined },
  });
});
