import { expect, test } from "vitest";
import { doChores } from "#lib/server/chores.ts";

test("a chore that fails keeps no other from being done", async () => {
  const done: string[] = [];
  const failed = await doChores({
    first: async () => done.push("first"),
    rejects: () => Promise.reject(new Error("no")),
    second: async () => done.push("second"),
    throws: () => {
      throw new Error("no");
    },
    third: async () => done.push("third"),
  });
  expect(done).toEqual(["first", "second", "third"]);
  expect(failed).toEqual(["rejects", "throws"]);
});
