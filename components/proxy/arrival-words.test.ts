import { expect, test } from "vitest";
import { arrivalSince } from "#components/proxy/arrival-words.ts";

const since = new Date("2026-06-01T00:00:00Z");
const [before, after] = [new Date(since.getTime() - 3_600_000), new Date(since.getTime() + 1_000)];
const service = { slug: "payments", name: "Payments" };
const old = {
  lastSeenAt: before,
  decisions: [{ client: null, service, permitted: 1, refused: 0, lastAt: before }],
  callers: [],
  files: [{ service, format: "nginx", fetchedVersion: 3, fetchedAt: before }],
};

test("what was there before the press is no arrival", () => {
  expect(arrivalSince(old, since)).toEqual({ isSeen: false, isAsked: false, isFetched: false });
});

test("asking and fetching are told apart", () => {
  const [decision] = old.decisions;
  const [file] = old.files;
  if (decision === undefined || file === undefined) throw new TypeError("no facts");
  expect(arrivalSince({ ...old, decisions: [{ ...decision, lastAt: after }] }, since)).toEqual({
    ...{ isSeen: true, isAsked: true, isFetched: false },
  });
  expect(arrivalSince({ ...old, files: [{ ...file, fetchedAt: after }] }, since)).toEqual({
    ...{ isSeen: true, isAsked: false, isFetched: true },
  });
  expect(arrivalSince({ ...old, lastSeenAt: after }, since).isSeen).toBe(true);
});
