import { expect, test } from "vitest";
import {
  afterEvents,
  afterMute,
  afterSuccess,
  afterSuccessFrom,
  type FailureState,
  newFailure,
} from "./failure-state.ts";
import { rateOf } from "./heat.ts";

const T = Date.UTC(2027, 2, 1, 12);
const MINUTE = 60_000;
const failure = (more: Partial<FailureState> = {}): FailureState => ({
  ...newFailure([T], ["192.0.2.7"]),
  ...more,
});
const resolvedAt = (at: number) => failure({ state: "resolved", resolvedAt: at, stateBy: "hand" });

test("an event after it was resolved brings it back, one of before does not", () => {
  const late = afterEvents(resolvedAt(T + MINUTE), [T + MINUTE], [], T + MINUTE);
  expect(late).toMatchObject({ after: { state: "resolved", count: 2, regressions: 0 }, change: null });
  const back = afterEvents(resolvedAt(T + MINUTE), [T, T + 2 * MINUTE], [], T + 2 * MINUTE);
  expect(back).toMatchObject({
    after: { state: "open", regressions: 1, stateBy: "traffic", resolvedAt: null, count: 3 },
    change: { what: "reopened", at: T + 2 * MINUTE },
  });
});

test("a proxy whose clock is behind does not hide for long that it came back", () => {
  const byHand = resolvedAt(T + 60 * MINUTE);
  const tell = (before: FailureState, receivedAt: number) =>
    afterEvents(before, [T + MINUTE], [], receivedAt);
  expect(tell(byHand, T + 62 * MINUTE).after.state).toBe("resolved");
  expect(tell(byHand, T + 66 * MINUTE)).toMatchObject({
    after: { state: "open", regressions: 1 },
    change: { what: "reopened", at: T + 60 * MINUTE },
  });
  const byHandshake: FailureState = { ...byHand, stateBy: "handshake" };
  expect(tell(byHandshake, T + 66 * MINUTE).after.state).toBe("resolved");
});

test("a success resolves it when it was after the last event only", () => {
  expect(afterSuccess(failure(), T, "x").after).toMatchObject({ state: "open", lastSuccessAt: T });
  expect(afterSuccess(failure(), T + 1, "Went well.")).toMatchObject({
    after: { state: "resolved", resolvedAt: T + 1, stateBy: "handshake" },
    change: { what: "resolved", why: "Went well." },
  });
});

test("a mute until a time ends with it, and not by an event before", () => {
  const muted = failure({ state: "muted", muteUntil: T + 10 * MINUTE });
  expect(afterEvents(muted, [T + 9 * MINUTE], [], T + 9 * MINUTE)).toMatchObject({
    after: { state: "muted" },
    change: null,
  });
  expect(afterEvents(muted, [T + 10 * MINUTE], [], T + 10 * MINUTE)).toMatchObject({
    after: { state: "open", muteUntil: null, regressions: 0 },
    change: { what: "unmuted" },
  });
});

test("a mute until it gets worse goes on at the same pace, and ends at twice the pace", () => {
  const paced = newFailure(
    Array.from({ length: 600 }, (_, place) => T - place * MINUTE),
    [],
  );
  const muted: FailureState = { ...paced, state: "muted", muteRate: rateOf(paced.heat, T) };
  const same = Array.from({ length: 120 }, (_, place) => T + (place + 1) * MINUTE);
  expect(afterEvents(muted, same, [], T + 120 * MINUTE).after.state).toBe("muted");
  const thrice = same.flatMap((time) => [time, time, time]);
  expect(afterEvents(muted, thrice, [], T + 120 * MINUTE)).toMatchObject({
    after: { state: "open", muteRate: null },
    change: { what: "unmuted", why: expect.stringContaining("It got worse") },
  });
});

test("an event that comes late does not make a muted one worse, nor does a clock that is behind", () => {
  const paced = newFailure(
    Array.from({ length: 600 }, (_, place) => T - place * MINUTE),
    [],
  );
  const muted: FailureState = { ...paced, state: "muted", muteRate: rateOf(paced.heat, T) };
  expect(afterEvents(muted, [T - 180 * MINUTE], [], T + MINUTE).after.state).toBe("muted");
  const behind = { ...muted, muteRate: rateOf(paced.heat, T + 180 * MINUTE) };
  expect(afterEvents(behind, [T + MINUTE], [], T + 181 * MINUTE).after.state).toBe("muted");
});

test("a muted one that goes well stays muted, and is resolved when the mute ends", () => {
  const muted = failure({ state: "muted", muteUntil: T + 10 * MINUTE });
  const { after, change } = afterSuccess(muted, T + MINUTE, "x");
  expect([after.state, change]).toEqual(["muted", null]);
  expect(afterMute(after, T + 10 * MINUTE)).toMatchObject({
    after: { state: "resolved", resolvedAt: T + 10 * MINUTE },
    change: { what: "resolved" },
  });
  expect(afterMute(muted, T + 10 * MINUTE)).toMatchObject({
    after: { state: "open" },
    change: { what: "unmuted" },
  });
});

test("one of nobody is over when all addresses came in, and never when they were too many", () => {
  const two = newFailure([T], ["192.0.2.7", "192.0.2.8"]);
  const first = afterSuccessFrom(two, T + 1, "192.0.2.7", "x");
  expect(first).toMatchObject({ after: { state: "open", addresses: ["192.0.2.8"] }, change: null });
  expect(afterSuccessFrom(first.after, T + 2, "192.0.2.9", "x").after).toBe(first.after);
  expect(afterSuccessFrom(first.after, T + 2, "192.0.2.8", "x").after.state).toBe("resolved");
  const many = newFailure(
    [T],
    Array.from({ length: 40 }, (_, n) => `192.0.2.${n}`),
  );
  expect(many.addresses).toBeNull();
  expect(afterSuccessFrom(many, T + 1, "192.0.2.7", "x").after).toBe(many);
});
