import { expect, test } from "vitest";
import { emptyGrant, grantTerms } from "#components/client/grant-draft.ts";

test("a grant that says nothing but the service is for all of it, from now on", () => {
  expect(grantTerms(emptyGrant("s1"))).toEqual({ serviceId: "s1", paths: [], methods: [], endsAt: null });
});

test("paths stand on lines of their own, methods in any case and punctuation, times in UTC", () => {
  const draft = {
    ...emptyGrant("s1"),
    ...{ paths: " /v1/orders \n\n/v2", methods: "get, post", endsAt: "2027-02-03T04:05" },
  };
  expect(grantTerms(draft)).toEqual({
    serviceId: "s1",
    paths: ["/v1/orders", "/v2"],
    methods: ["GET", "POST"],
    endsAt: new Date("2027-02-03T04:05:00Z"),
  });
});
