import { expect, test } from "vitest";
import {
  firstDraft,
  type ParentChoice,
  toAuthorityInput,
  withKind,
} from "#components/authority/authority-draft.ts";
import { authorityInputSchema } from "#lib/authority/authority-input.ts";

const parent = (id: string, purposes: ParentChoice["purposes"]): ParentChoice => ({
  id,
  name: id,
  purposes,
  pathLength: 1,
  notAfter: new Date("2036-01-01T00:00:00Z"),
  keyAlgorithm: "ecdsa-p256",
});
const root = parent("root", ["server", "client"]);

test("without authorities a root is proposed, with ten years and one level below", () => {
  expect(toAuthorityInput({ ...firstDraft([], "Example"), name: "Root" })).toEqual({
    name: "Root",
    organisation: "Example",
    keyAlgorithm: "ecdsa-p256",
    days: 3650,
    parentId: null,
    purposes: ["server", "client"],
    pathLength: 1,
    permitted: [],
    excluded: [],
  });
});

test("with authorities an intermediate is proposed for one purpose, below the one asked for", () => {
  const other = parent("other", ["server"]);
  expect(toAuthorityInput(firstDraft([root, other], ""))).toMatchObject({
    parentId: "root",
    days: 1825,
    purposes: ["client"],
    pathLength: 0,
  });
  expect(toAuthorityInput(firstDraft([root, other], "", "other"))).toMatchObject({
    parentId: "other",
    purposes: ["server"],
  });
});

test("changing the kind keeps what was typed", () => {
  const typed = { ...firstDraft([root], "Example"), name: "Mine" };
  expect(withKind(typed, "root", [root])).toMatchObject({
    kind: "root",
    name: "Mine",
    years: "10",
    parentId: "",
  });
});

test("empty rows are left out, no path length is no limit, and parts of a year are days", () => {
  const draft = {
    ...firstDraft([], ""),
    name: "Root",
    years: "0.5",
    pathLength: "",
    permitted: [
      { key: 1, type: "dns" as const, value: " " },
      { key: 2, type: "dns" as const, value: "example.com" },
    ],
  };
  const input = toAuthorityInput(draft);
  expect(input).toMatchObject({
    days: 183,
    pathLength: null,
    permitted: [{ type: "dns", value: "example.com" }],
  });
  expect(authorityInputSchema.safeParse(input).success).toBe(true);
});
