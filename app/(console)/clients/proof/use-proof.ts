"use client";

import { useCallback, useState, useTransition } from "react";
import { useBrowserKeys } from "#components/certificate/browser-keys.ts";
import { proofErrors } from "#components/client/proof-errors.ts";
import type { FormError } from "#components/ui/form-error-summary.tsx";
import type { Refusal } from "#lib/web/refusal.ts";
import { firstProof, type ProofChoices, type ProofDraft, profileOf, proofProblems } from "./proof-draft.ts";
import { originOf } from "./proof-fields.tsx";
import { type ProofOutcome, sendProof, type Target } from "./send-proof.ts";

interface ProofForm {
  draft: ProofDraft;
  change: (part: Partial<ProofDraft>) => void;
  pending: boolean;
  refusal: Refusal | null;
  errors: readonly FormError[];
  /** What is wrong with a control. */
  errorOf: (control: string) => string | undefined;
  /** Whether it was sent already, so that what is missing is shown. */
  tried: boolean;
  /** Shows why nothing is sent. */
  refuse: (refusal: Refusal) => void;
  send: (target: Target) => void;
}

/**
 * The state of a form with a proof in it.
 *
 * @param start what the form begins with, beside the usual
 * @param labels of the form's other fields
 * @param onOutcome what follows when it was done
 */
export function useProof(
  choices: ProofChoices,
  start: Partial<ProofDraft>,
  labels: Readonly<Record<string, string>>,
  onOutcome: (outcome: Exclude<ProofOutcome, { kind: "refused" }>) => void,
): ProofForm {
  const keys = useBrowserKeys();
  const [pending, startTransition] = useTransition();
  const [draft, setDraft] = useState<ProofDraft>(() => ({ ...firstProof(choices), ...start }));
  const [refused, setRefused] = useState<{ refusal: Refusal; errors: readonly FormError[] } | null>(null);
  const [tried, setTried] = useState(false);
  const change = useCallback(
    (part: Partial<ProofDraft>) => setDraft((before) => ({ ...before, ...part })),
    [],
  );
  const refuse = (refusal: Refusal) => {
    setTried(true);
    setRefused({ refusal, errors: proofErrors(refusal, labels) });
  };
  const send = (target: Target) => {
    if (pending) return;
    const whole = settled(draft, originOf(draft, keys.obstacle), choices, keys.makes);
    const violations = proofProblems(whole, choices.profiles).map((each) => ({ ...each, rule: "input" }));
    if (violations.length > 0) {
      refuse({ message: violations[0]?.detail ?? "", violations });
      return;
    }
    startTransition(async () => {
      const outcome = await sendProof(target, whole, choices);
      if (outcome.kind === "refused") refuse(outcome.refusal);
      else {
        setRefused(null);
        onOutcome(outcome);
      }
    });
  };
  return {
    ...{ draft, change, pending, tried, refuse, send },
    refusal: refused?.refusal ?? null,
    errors: refused?.errors ?? NONE,
    errorOf: (control) => refused?.errors.find(({ fieldId }) => fieldId === control)?.message,
  };
}

const NONE: readonly FormError[] = [];

/** The draft as the fields show it: an origin and a key that are not possible here give way to those that are. */
function settled(
  draft: ProofDraft,
  origin: ProofDraft["origin"],
  choices: ProofChoices,
  makes: ReturnType<typeof useBrowserKeys>["makes"],
): ProofDraft {
  const profile = profileOf(draft, choices.profiles);
  if (draft.certificate === null || profile === null) return { ...draft, origin };
  const { certificate } = draft;
  const offered = profile.rules.keyAlgorithms.filter((each) => origin !== "browser" || makes(each));
  const keyAlgorithm = offered.includes(certificate.keyAlgorithm) ? certificate.keyAlgorithm : offered[0];
  const way = origin === "browser" || origin === "csr" || origin === "server" ? origin : certificate.way;
  return {
    ...draft,
    origin,
    certificate: { ...certificate, way, ...(keyAlgorithm === undefined ? {} : { keyAlgorithm }) },
  };
}
