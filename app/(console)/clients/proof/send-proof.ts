"use client";

import type { HandoverKey } from "#components/certificate/key-handover.tsx";
import type { GrantedClientInput } from "#lib/access/client-create.ts";
import type { Overlap } from "#lib/access/overlap.ts";
import { DomainError } from "#lib/errors.ts";
import { answerOf, UNKNOWN_OUTCOME } from "#lib/web/answer.ts";
import { type ActionResult, type Refusal, refusalOf } from "#lib/web/refusal.ts";
import { decodeBase64 } from "#lib/x509/base64.ts";
import { type BrowserKeyAlgorithm, makeKeyAndCsr } from "#lib/x509/browser/key-and-csr.ts";
import { encodePem } from "#lib/x509/pem.ts";
import {
  type Draft,
  lifetimeOf,
  namesOf,
  type ProfileChoice,
  subjectOf,
} from "../../certificates/new/draft.ts";
import type { Handover } from "../../certificates/new/handover.ts";
import { proveByIssuing, proveByKnown } from "./actions.ts";
import { isIssued, nameCredential, type ProofChoices, type ProofDraft, profileOf } from "./proof-draft.ts";

/** For whom the proof is: a client that is made with it, one that there is, or the place of another proof. */
export type Target =
  | { to: "new"; whole: GrantedClientInput }
  | { to: "client"; client: string }
  | { to: "credential"; credential: string; overlap: Overlap; revokesOld: boolean };

/** What came of pressing the button. `clientId` is null where the page knows it. */
export type ProofOutcome =
  | { kind: "done"; clientId: string | null }
  /** Without a secret for a signing request: the key is elsewhere. */
  | { kind: "handover"; clientId: string; handover: Handover; secret: HandoverKey | null }
  | { kind: "refused"; refusal: Refusal };

/** Sends what is to prove the client; a key that is made in this browser stays on the page. */
export async function sendProof(
  target: Target,
  draft: ProofDraft,
  { profiles, replaced }: Pick<ProofChoices, "profiles" | "replaced">,
): Promise<ProofOutcome> {
  const profile = profileOf(draft, profiles);
  const { certificate } = draft;
  if (!isIssued(draft) || certificate === null || profile === null) return sendKnown(target, draft);
  try {
    return await sendIssued(target, draft, certificate, profile, replaced !== null);
  } catch (error) {
    // The subject is looked at before anything is sent.
    if (error instanceof DomainError) {
      return { kind: "refused", refusal: { message: error.message, violations: error.violations } };
    }
    throw error;
  }
}

async function sendKnown(target: Target, draft: ProofDraft): Promise<ProofOutcome> {
  const result = await answerOf(proveByKnown({ target, proof: knownProof(draft) }));
  return result?.data === undefined ? refused(result) : { kind: "done", clientId: result.data.id };
}

function knownProof(draft: ProofDraft) {
  if (draft.kind === "name") return { from: "name" as const, name: nameCredential(draft) };
  if (draft.origin === "later") return { from: "nothing" as const };
  const { kind, isUnsoundMeant } = draft;
  if (draft.existing === "pasted") {
    return { from: "pasted" as const, kind, certificate: draft.pasted, isUnsoundMeant };
  }
  return { from: "inventory" as const, kind, certificateId: draft.chosen?.id ?? "", isUnsoundMeant };
}

async function sendIssued(
  target: Target,
  { kind, origin, keyForm, password }: ProofDraft,
  certificate: Draft,
  profile: ProfileChoice,
  isRenewal: boolean,
): Promise<ProofOutcome> {
  const wishes = {
    provenBy: kind === "key" ? ("key" as const) : ("certificate" as const),
    profile: isRenewal ? undefined : profile.slug,
    lifetimeSeconds: lifetimeOf(certificate, profile),
  };
  if (origin === "csr") {
    const key = { from: "request" as const, source: "csr" as const, csr: certificate.csr };
    const result = await answerOf(proveByIssuing({ target, wishes: { ...wishes, key } }));
    if (result?.data === undefined) return refused(result);
    return { kind: "handover", clientId: result.data.clientId, handover: result.data.handover, secret: null };
  }
  const [subject, names] = [subjectOf(certificate), namesOf(certificate)];
  if (origin === "browser") {
    const { privateKeyPkcs8, csrDer } = await makeKeyAndCsr({
      algorithm: certificate.keyAlgorithm as BrowserKeyAlgorithm,
      ...{ subject, names },
    });
    const csr = encodePem("CERTIFICATE REQUEST", csrDer);
    const key = { from: "request" as const, source: "browser" as const, csr };
    const result = await answerOf(proveByIssuing({ target, wishes: { ...wishes, key } }));
    if (result?.data === undefined) {
      privateKeyPkcs8.fill(0);
      return refused(result);
    }
    const { clientId, handover } = result.data;
    return {
      ...{ kind: "handover", clientId, handover },
      secret: { form: "pkcs8", pkcs8: privateKeyPkcs8, madeHere: true },
    };
  }
  const isNamed = subject.length > 0 || names.length > 0;
  const asked = isRenewal || !isNamed ? {} : { subject: mutable(subject), names };
  const key = {
    ...{ from: "server" as const, keyAlgorithm: certificate.keyAlgorithm, ...asked },
    delivery: keyForm === "pem" ? { form: "pem" as const } : { form: "pkcs12" as const, password },
  };
  const result = await answerOf(proveByIssuing({ target, wishes: { ...wishes, key } }));
  if (result?.data === undefined) return refused(result);
  const { data } = result;
  const { clientId, handover } = data;
  if ("pkcs12" in data && data.pkcs12 !== undefined) {
    const file = bytesOf(data.pkcs12);
    return { kind: "handover", clientId, handover, secret: { form: "pkcs12", file, password } };
  }
  const base64 = (("keyPem" in data ? data.keyPem : undefined) ?? "").replaceAll(/-----[A-Z ]+-----/g, "");
  const secret: HandoverKey = { form: "pkcs8", pkcs8: bytesOf(base64), madeHere: false };
  return { kind: "handover", clientId, handover, secret };
}

function mutable(subject: ReturnType<typeof subjectOf>) {
  return subject.map((set) => set.map(({ type, value }) => ({ type, value })));
}

function refused(result: ActionResult | undefined): ProofOutcome {
  return {
    kind: "refused",
    refusal: refusalOf(result) ?? { message: UNKNOWN_OUTCOME, violations: [] },
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(decodeBase64(base64) ?? []);
}
