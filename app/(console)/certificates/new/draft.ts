import { readLifetime } from "#components/certificate/lifetime-choice.ts";
import type { LifetimeDraft } from "#components/certificate/lifetime-field.tsx";
import { type NameRow, nameRow } from "#components/certificate/names-editor.tsx";
import { nameRefusal } from "#lib/authority/profile-names.ts";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";
import { checkGeneralName, type GeneralName } from "#lib/x509/general-name.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";
import type { Name } from "#lib/x509/name.ts";
import { OID } from "#lib/x509/oids.ts";

/** The three ways: where the private key is made. */
export type Way = "browser" | "csr" | "server";

/** A profile as the form needs it. */
export interface ProfileChoice {
  slug: string;
  name: string;
  description: string;
  rules: ProfileRules;
  authority: { name: string; notAfter: Date };
}

/** A certificate that is renewed with a new key. */
export interface Replaced {
  id: string;
  name: string;
  serial: string;
  profile: string;
  commonName: string;
  /** Subject attributes besides the common name; they are kept. */
  otherAttributes: Name;
  names: readonly GeneralName[];
  keyAlgorithm: KeyAlgorithm | null;
  lifetimeSeconds: number;
}

/** Everything that is typed or chosen. One object for all ways, so that changing the way loses nothing. */
export interface Draft {
  way: Way;
  profile: string;
  commonName: string;
  otherAttributes: Name;
  names: NameRow[];
  keyAlgorithm: KeyAlgorithm;
  lifetime: LifetimeDraft;
  csr: string;
}

export function firstDraft(profile: ProfileChoice, replaced: Replaced | null): Draft {
  const { defaultSeconds, minSeconds, maxSeconds } = profile.rules.lifetime;
  const wanted = replaced?.lifetimeSeconds ?? defaultSeconds;
  const seconds = Math.min(maxSeconds, Math.max(minSeconds, wanted));
  return {
    way: "browser",
    profile: profile.slug,
    commonName: replaced?.commonName ?? "",
    otherAttributes: replaced?.otherAttributes ?? [],
    names: replaced?.names.length ? replaced.names.map((name) => nameRow(name)) : [nameRow()],
    keyAlgorithm: replaced?.keyAlgorithm ?? "ecdsa-p256",
    lifetime: { kind: "preset", seconds },
    csr: "",
  };
}

export function subjectOf({ commonName, otherAttributes }: Draft): Name {
  const name = commonName.trim();
  return name === "" ? otherAttributes : [...otherAttributes, [{ type: OID.commonName, value: name }]];
}

/** The names that were typed; empty rows are none. */
export function namesOf({ names }: Draft): GeneralName[] {
  return names.map(({ type, value }) => ({ type, value: value.trim() })).filter((name) => name.value !== "");
}

/** The lifetime in seconds; undefined when it cannot be read, then `draftProblems` says why. */
export function lifetimeOf({ lifetime }: Draft, { rules }: ProfileChoice): number | undefined {
  if (lifetime.kind === "preset") return lifetime.seconds;
  const read = readLifetime(lifetime.amount, lifetime.unit, rules.lifetime);
  return "seconds" in read ? read.seconds : undefined;
}

/** What is wrong with one name, said as the issuance would say it. */
export function nameProblem(name: GeneralName, { name: profile, rules }: ProfileChoice): string | null {
  return checkGeneralName(name)?.detail ?? nameRefusal(name, rules.names, profile);
}

/** What can be seen to be wrong before anything is asked of the server or a key is made. */
export function draftProblems(draft: Draft, profile: ProfileChoice): { field: string; detail: string }[] {
  const problems: { field: string; detail: string }[] = [];
  if (draft.way !== "csr") {
    for (const name of namesOf(draft)) {
      const detail = nameProblem(name, profile);
      if (detail !== null) problems.push({ field: "names", detail });
    }
  }
  if (draft.lifetime.kind === "typed") {
    const read = readLifetime(draft.lifetime.amount, draft.lifetime.unit, profile.rules.lifetime);
    if ("problem" in read) problems.push({ field: "lifetime", detail: read.problem });
  }
  return problems;
}
