"use client";

import type { HandoverKey } from "#components/certificate/key-handover.tsx";
import type { ComparisonRow } from "#components/certificate/request-comparison.ts";
import { DomainError } from "#lib/errors.ts";
import { answerOf, NO_ANSWER, UNKNOWN_OUTCOME } from "#lib/web/answer.ts";
import { type ActionResult, type Refusal, refusalOf } from "#lib/web/refusal.ts";
import { decodeBase64 } from "#lib/x509/base64.ts";
import { type BrowserKeyAlgorithm, makeKeyAndCsr } from "#lib/x509/browser/key-and-csr.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { issueForBrowserKey, issueForCsr, issueWithServerKey, previewCsr } from "./actions.ts";
import { type Draft, lifetimeOf, namesOf, type ProfileChoice, subjectOf } from "./draft.ts";
import type { Handover } from "./handover.ts";

/** What came of pressing the button. */
export type Outcome =
  | { kind: "handover"; handover: Handover; secret: HandoverKey }
  | { kind: "preview"; rows: ComparisonRow[] }
  | { kind: "issued"; id: string }
  | { kind: "refused"; refusal: Refusal };

/** How a key made on the server is handed over. */
export type Delivery = { form: "pem" } | { form: "pkcs12"; password: string };

interface Wish {
  draft: Draft;
  profile: ProfileChoice;
  replacesId: string | undefined;
}

/** Makes a key here, sends the signing request alone, and keeps the key on the page. */
export async function issueInBrowser({ draft, profile, replacesId }: Wish): Promise<Outcome> {
  try {
    const { privateKeyPkcs8, csrDer } = await makeKeyAndCsr({
      algorithm: draft.keyAlgorithm as BrowserKeyAlgorithm,
      subject: subjectOf(draft),
      names: namesOf(draft),
    });
    const csr = encodePem("CERTIFICATE REQUEST", csrDer);
    const result = await answerOf(issueForBrowserKey({ ...commonOf(draft, profile, replacesId), csr }));
    if (result?.data === undefined) {
      privateKeyPkcs8.fill(0);
      return refused(result);
    }
    const secret: HandoverKey = { form: "pkcs8", pkcs8: privateKeyPkcs8, madeHere: true };
    return { kind: "handover", handover: result.data, secret };
  } catch (error) {
    // The subject is looked at before anything is sent.
    if (error instanceof DomainError) {
      return { kind: "refused", refusal: { message: error.message, violations: error.violations } };
    }
    throw error;
  }
}

/** Lets the server make the key. */
export async function issueOnServer(
  { draft, profile, replacesId }: Wish,
  delivery: Delivery,
): Promise<Outcome> {
  const sent = issueWithServerKey({
    ...commonOf(draft, profile, replacesId),
    subject: subjectOf(draft).map((set) => set.map((attribute) => ({ ...attribute }))),
    names: namesOf(draft),
    keyAlgorithm: draft.keyAlgorithm,
    delivery,
  });
  const result = await answerOf(sent);
  if (result?.data === undefined) return refused(result);
  const { data } = result;
  if ("pkcs12" in data && delivery.form === "pkcs12") {
    const secret: HandoverKey = { form: "pkcs12", file: bytesOf(data.pkcs12), password: delivery.password };
    return { kind: "handover", handover: data, secret };
  }
  const pem = "keyPem" in data ? data.keyPem : "";
  const base64 = pem.replaceAll(/-----[A-Z ]+-----/g, "");
  const secret: HandoverKey = { form: "pkcs8", pkcs8: bytesOf(base64), madeHere: false };
  return { kind: "handover", handover: data, secret };
}

/** Asks what would come of the signing request. */
export async function previewRequest({ draft, profile, replacesId }: Wish): Promise<Outcome> {
  const result = await answerOf(
    previewCsr({ ...commonOf(draft, profile, replacesId), csr: draft.csr }),
    NO_ANSWER,
  );
  return result?.data === undefined ? refused(result) : { kind: "preview", rows: result.data };
}

/** Issues for the signing request. */
export async function issueRequest({ draft, profile, replacesId }: Wish): Promise<Outcome> {
  const result = await answerOf(issueForCsr({ ...commonOf(draft, profile, replacesId), csr: draft.csr }));
  return result?.data === undefined ? refused(result) : { kind: "issued", id: result.data.id };
}

function commonOf(draft: Draft, profile: ProfileChoice, replacesId: string | undefined) {
  return { profile: profile.slug, lifetimeSeconds: lifetimeOf(draft, profile), replacesId };
}

function refused(result: ActionResult | undefined): Outcome {
  return {
    kind: "refused",
    refusal: refusalOf(result) ?? { message: UNKNOWN_OUTCOME, violations: [] },
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(decodeBase64(base64) ?? []);
}
