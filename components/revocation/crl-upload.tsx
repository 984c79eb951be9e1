"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { type SentCrl, sendCrl, sentInWords } from "#components/revocation/send-crl.ts";
import { FileDrop } from "#components/ui/file-drop.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Loading } from "#components/ui/loading.tsx";
import { Notice } from "#components/ui/notice.tsx";

/** The most of one file; larger lists exist only as PEM of what is too large anyway. */
const UPLOAD_BYTES_MAX = 90 * 1024 * 1024;

interface CrlUploadProps {
  /** Id of the foreign CRL that it renews; null: found by its issuer, and made when there is none. */
  source: string | null;
}

/** Takes a CRL file of another authority, and says what it changed. */
export function CrlUpload({ source }: CrlUploadProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [answer, setAnswer] = useState<SentCrl | { refusal: string }>();
  const send = (file: File) =>
    startTransition(async () => {
      setAnswer(undefined);
      setAnswer(await sendCrl(file, source));
      router.refresh();
    });
  return (
    <div className="flex flex-col gap-3">
      <FileDrop
        what="CRL (DER or PEM)"
        accept=".crl,.pem,.der"
        maxBytes={UPLOAD_BYTES_MAX}
        onFile={send}
        disabled={pending}
      />
      {pending && <Loading label="Reading the CRL" rows={1} />}
      {answer !== undefined && !pending && <Answer answer={answer} />}
    </div>
  );
}

function Answer({ answer }: { answer: SentCrl | { refusal: string } }) {
  if ("refusal" in answer) {
    return (
      <Notice tone="critical" title="It was not taken" announce>
        {harmless(answer.refusal)}
      </Notice>
    );
  }
  const { warnings, name } = answer;
  return (
    <Notice tone={warnings.length > 0 ? "warn" : "ok"} title={`Taken: the CRL of ${harmless(name)}`} announce>
      <p>{sentInWords(answer)}</p>
      {warnings.map((warning) => (
        <p key={warning}>{harmless(warning)}</p>
      ))}
    </Notice>
  );
}
