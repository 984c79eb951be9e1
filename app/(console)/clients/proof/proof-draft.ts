import type { CertificateChoice } from "#components/access/certificate-choice.tsx";
import type { CredentialKind } from "#components/client/credential-words.ts";
import type { CredentialInput } from "#lib/access/credential-input.ts";
import {
  type Draft,
  draftProblems,
  firstDraft,
  type ProfileChoice,
  type Replaced,
} from "../../certificates/new/draft.ts";

/** Where the certificate or key comes from that proves a client. */
export type Origin = "browser" | "csr" | "server" | "existing" | "later";

/** What is to prove a client, while it is being written. One object for all ways, so that changing one loses nothing. */
export interface ProofDraft {
  kind: CredentialKind;
  origin: Origin;
  /** The certificate that would be issued; null where there is no profile for one. */
  certificate: Draft | null;
  /** In which form a key made on the server is handed over. */
  keyForm: "pkcs12" | "pem";
  password: string;
  existing: "inventory" | "pasted";
  chosen: CertificateChoice | null;
  pasted: string;
  /** That a certificate is meant with which nobody gets in as things are. */
  isUnsoundMeant: boolean;
  nameType: "uri" | "dns" | "commonName";
  nameValue: string;
  authorityId: string;
  /** That a pattern which fits everybody is meant. */
  isWideMeant: boolean;
}

/** What a form of a proof can offer. */
export interface ProofChoices {
  profiles: readonly ProfileChoice[];
  /** Under which a name can count. */
  authorities: readonly { id: string; name: string }[];
  /** Why nothing can be issued here, or null. */
  issuingObstacle: string | null;
  /** A certificate whose place is taken: profile, subject and names are kept. */
  replaced: Replaced | null;
  /** Whether it may be left for later. */
  mayWait: boolean;
}

export function firstProof(choices: ProofChoices, kind: CredentialKind = "certificate"): ProofDraft {
  const { profiles, replaced, authorities, issuingObstacle } = choices;
  const wanted = replaced?.profile ?? USUAL_PROFILE;
  const profile = profiles.find(({ slug }) => slug === wanted) ?? profiles[0];
  return {
    kind,
    origin: issuingObstacle === null ? "browser" : "existing",
    certificate: profile === undefined ? null : firstDraft(profile, replaced),
    ...{ keyForm: "pkcs12", password: "", existing: "inventory", chosen: null, pasted: "" },
    isUnsoundMeant: false,
    ...{ nameType: "uri", nameValue: "", authorityId: authorities[0]?.id ?? "", isWideMeant: false },
  };
}

/** By which a refusal asks whether a revoked, held or expired certificate is meant. */
export const UNSOUND_RULE = "credential.unsound";

const USUAL_PROFILE = "client";

/** Whether a certificate is issued on the way. */
export function isIssued({ kind, origin }: Pick<ProofDraft, "kind" | "origin">): boolean {
  return kind !== "name" && (origin === "browser" || origin === "csr" || origin === "server");
}

/** The profile under which a certificate would be issued. */
export function profileOf(
  { certificate }: ProofDraft,
  profiles: readonly ProfileChoice[],
): ProfileChoice | null {
  return profiles.find(({ slug }) => slug === certificate?.profile) ?? null;
}

/** A name as a credential. */
export function nameCredential(draft: ProofDraft): CredentialInput {
  const { nameType, nameValue, authorityId, isWideMeant } = draft;
  return { kind: "name", nameType, nameValue, authorityId, isWideMeant };
}

/** What can be seen to be wrong before anything is asked of the server or a key is made. */
export function proofProblems(
  draft: ProofDraft,
  profiles: readonly ProfileChoice[],
): { field: string; detail: string }[] {
  const profile = profileOf(draft, profiles);
  if (isIssued(draft)) {
    return draft.certificate === null || profile === null ? [] : draftProblems(draft.certificate, profile);
  }
  if (draft.kind === "name" || draft.origin !== "existing") return [];
  if (draft.existing === "inventory") {
    const detail = "Find the certificate in the inventory and take it.";
    return draft.chosen === null ? [{ field: "certificateId", detail }] : [];
  }
  const detail = "Paste the certificate.";
  return draft.pasted.trim() === "" ? [{ field: "certificate", detail }] : [];
}
