import { redirect } from "next/navigation";
import { expect, test } from "vitest";
import { answerOf, NO_ANSWER, UNKNOWN_OUTCOME } from "#lib/web/answer.ts";
import { refusalOf } from "#lib/web/refusal.ts";

test("An answer that arrives is passed on as it is", async () => {
  const answer = { data: { id: "1" } };
  expect(await answerOf(Promise.resolve(answer))).toBe(answer);
  expect(await answerOf(Promise.resolve(undefined))).toBeUndefined();
});

test("An answer that is lost is a refusal that does not say whether it was done", async () => {
  const lost = () => Promise.reject<undefined>(new TypeError("Failed to fetch"));
  expect(refusalOf(await answerOf(lost()))).toEqual({ message: UNKNOWN_OUTCOME, violations: [] });
  expect(refusalOf(await answerOf(lost(), NO_ANSWER))?.message).toBe(NO_ANSWER);
});

test("A redirect stays one", async () => {
  const redirected = async () => redirect("/clients");
  await expect(answerOf(redirected())).rejects.toThrow("NEXT_REDIRECT");
});
