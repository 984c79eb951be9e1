import type { Decision, Denial, Permit } from "./decision.ts";
import type { AccessRequest } from "./request.ts";
import { type Question, RULES, type RuleName, type Verdict } from "./rules.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Decides whether a request may pass. Nothing else is looked at than what is given: no clock, no database.
 *
 * @param now milliseconds since 1970
 */
export function decide(snapshot: Snapshot, request: AccessRequest, now: number): Decision {
  const question = asked(snapshot, request, now);
  let permit: Permit = "granted";
  for (const { check } of RULES) {
    const denial = check(question);
    if (denial == null) continue;
    const overlooked = overlookedFor(denial, question);
    if (overlooked === null) return answer(false, denial, question);
    if (permit !== "fail-open") permit = overlooked;
  }
  return answer(true, permit, question);
}

/** A rule with what it says of a request. */
export interface ExplainedRule {
  name: RuleName;
  /** Null when the rule is met; undefined when there is nothing to apply it to. */
  verdict: Verdict;
}

/**
 * The same, with what each rule says: also those after the one that decides.
 *
 * @param now milliseconds since 1970
 */
export function explain(
  snapshot: Snapshot,
  request: AccessRequest,
  now: number,
): { decision: Decision; rules: ExplainedRule[] } {
  const question = asked(snapshot, request, now);
  const rules = RULES.map(({ name, check }) => ({ name, verdict: check(question) }));
  return { decision: decide(snapshot, request, now), rules };
}

function asked(snapshot: Snapshot, request: AccessRequest, now: number): Question {
  return { snapshot, request, now, service: null, certificate: null, credential: null, client: null };
}

/**
 * What a service may overlook: that nobody has admitted the caller, while it learns who comes; and, when it is to fail
 * open, the age of the snapshot and that nobody knows whether a certificate was revoked. Whoever is suspended, or has no sound certificate, stays outside.
 *
 * @returns under which reason the caller enters; null when it does not
 */
function overlookedFor(denial: Denial, { service, snapshot, now }: Question): Permit | null {
  if (service === null) return null;
  const isOld = service.failsOpen && now >= snapshot.usableUntil;
  switch (denial) {
    case "revocation-unknown":
      return service.failsOpen ? "fail-open" : null;
    case "snapshot-too-old":
      return isOld ? "fail-open" : null;
    case "client-unknown":
    case "not-granted":
      if (isOld) return "fail-open";
      return service.isLearning ? "learning" : null;
    default:
      return null;
  }
}

function answer(permitted: boolean, reason: Decision["reason"], { credential }: Question): Decision {
  return { permitted, reason, client: credential?.client ?? null, credential: credential?.index ?? null };
}
