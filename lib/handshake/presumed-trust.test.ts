import { expect, test } from "vitest";
import { presumedRoots } from "./presumed-trust.ts";

const authority = (subject: string, issuer: string) => ({ subject, issuer, isAuthority: true });
const leaves = (count: number, issuer: string) =>
  Array.from({ length: count }, (_, index) => ({
    subject: `${issuer} ${index}`,
    issuer,
    isAuthority: false,
  }));

test("the root of most certificates is presumed to be trusted, that of a few is not", () => {
  const certificates = [
    authority("root", "root"),
    authority("issuing", "root"),
    authority("partner root", "partner root"),
    ...leaves(7, "issuing"),
    ...leaves(2, "partner root"),
  ];
  expect(presumedRoots(certificates)).toEqual(new Set(["root"]));
});

test("one may stand for many", () => {
  const certificates = [
    authority("root", "root"),
    authority("partner root", "partner root"),
    { ...leaves(1, "root")[0], subject: "all of them", issuer: "root", isAuthority: false, weight: 5e6 },
    ...leaves(9, "partner root"),
  ];
  expect(presumedRoots(certificates)).toEqual(new Set(["root"]));
});

test("none is, where no root has more than half", () => {
  const certificates = [authority("a", "a"), authority("b", "b"), ...leaves(3, "a"), ...leaves(3, "b")];
  expect(presumedRoots(certificates)).toEqual(new Set());
});

test("certificates of unknown issuers do not count, and authorities in a circle end", () => {
  const certificates = [
    authority("root", "root"),
    authority("a", "b"),
    authority("b", "a"),
    authority("b", "root"),
    ...leaves(2, "a"),
    ...leaves(9, "stranger"),
  ];
  expect(presumedRoots(certificates)).toEqual(new Set(["root"]));
});

test("nothing follows from nothing", () => {
  expect(presumedRoots([])).toEqual(new Set());
});
