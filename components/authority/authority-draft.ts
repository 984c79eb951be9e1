import type { SubtreeDraft } from "#components/authority/subtree-editor.tsx";
import type { AuthorityInput } from "#lib/authority/authority-input.ts";
import type { AuthorityView } from "#lib/authority/authority-read.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

/** A new authority as it is being described in the form. */
export interface AuthorityDraft {
  kind: "root" | "intermediate";
  /** Id of the authority above; only for an intermediate. */
  parentId: string;
  name: string;
  organisation: string;
  keyAlgorithm: KeyAlgorithm;
  /** Years of 365 days, as typed. */
  years: string;
  purposes: ("server" | "client")[];
  /** As typed; empty for no limit, which only a root may have. */
  pathLength: string;
  permitted: SubtreeDraft[];
  excluded: SubtreeDraft[];
}

/** An authority that may stand above a new one. */
export type ParentChoice = Pick<
  AuthorityView,
  "id" | "name" | "purposes" | "pathLength" | "notAfter" | "keyAlgorithm"
>;

const YEAR_DAYS = 365;
export const ROOT_YEARS = 10;
export const INTERMEDIATE_YEARS = 5;

/** Good defaults: a root when there is none, else an intermediate below the chosen or first one. */
export function firstDraft(
  parents: readonly ParentChoice[],
  organisation: string,
  wanted?: string,
): AuthorityDraft {
  const parent = parents.find(({ id }) => id === wanted) ?? parents[0];
  const base = { name: "", organisation, keyAlgorithm: "ecdsa-p256" as const, permitted: [], excluded: [] };
  if (parent === undefined) {
    return {
      ...base,
      kind: "root",
      parentId: "",
      years: String(ROOT_YEARS),
      purposes: ["server", "client"],
      pathLength: "1",
    };
  }
  return {
    ...base,
    kind: "intermediate",
    parentId: parent.id,
    years: String(INTERMEDIATE_YEARS),
    purposes: parent.purposes.length === 1 ? parent.purposes : ["client"],
    pathLength: "0",
  };
}

/** What the form says when its kind or parent is changed: only what belongs to that is replaced. */
export function withKind(
  draft: AuthorityDraft,
  kind: AuthorityDraft["kind"],
  parents: readonly ParentChoice[],
) {
  const fresh = firstDraft(kind === "root" ? [] : parents, draft.organisation);
  return {
    ...draft,
    kind,
    parentId: kind === "root" ? "" : draft.parentId || fresh.parentId,
    years: fresh.years,
    pathLength: fresh.pathLength,
    purposes: fresh.purposes,
  };
}

/** The lifetime in days; NaN for what is no number. */
export function lifetimeDays(draft: AuthorityDraft): number {
  return Math.round(Number(draft.years.replace(",", ".")) * YEAR_DAYS);
}

/** What the domain function takes. */
export function toAuthorityInput(draft: AuthorityDraft): AuthorityInput {
  const subtrees = (drafts: SubtreeDraft[]) =>
    drafts.filter(({ value }) => value.trim() !== "").map(({ type, value }) => ({ type, value }));
  return {
    name: draft.name,
    organisation: draft.organisation,
    keyAlgorithm: draft.keyAlgorithm,
    days: lifetimeDays(draft),
    parentId: draft.kind === "root" ? null : draft.parentId,
    purposes: draft.purposes,
    pathLength: draft.pathLength.trim() === "" ? null : Number(draft.pathLength),
    permitted: subtrees(draft.permitted),
    excluded: subtrees(draft.excluded),
  };
}

/** Whole days that remain of a parent. */
export function daysLeft(parent: Pick<ParentChoice, "notAfter">, now: Date): number {
  return Math.floor((parent.notAfter.getTime() - now.getTime()) / 86_400_000);
}
