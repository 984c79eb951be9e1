"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { PasswordInput } from "#components/identity/password-input.tsx";
import { FileChoice } from "#components/import/file-choice.tsx";
import { type Sending, sendUpload } from "#components/import/send-upload.ts";
import { type PackedFile, tarOfFiles } from "#components/import/tar-of-files.ts";
import { progressWords, type UploadProgress } from "#components/import/upload-answer.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";

interface UploadFormProps {
  /** The most bytes of one import, and the same in words. */
  maxBytes: number;
  maxSize: string;
}

/** What is under way: first the bytes travel, then the server reads. */
type Step = { sent: number; of: number } | { read: UploadProgress | null };

/** Sends certificates to be imported, shows how far it is, and leads to what came of it. */
export function UploadForm({ maxBytes, maxSize }: UploadFormProps) {
  const router = useRouter();
  const [files, setFiles] = useState<PackedFile[]>([]);
  const [error, setError] = useState<string>();
  const [step, setStep] = useState<Step | null>(null);
  const sending = useRef<Sending | null>(null);
  useEffect(() => () => sending.current?.abort(), []);

  const size = files.reduce((total, { file }) => total + file.size, 0);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (step !== null) return;
    const refusal = refusalOf(files.length, size, maxBytes, maxSize);
    setError(refusal);
    const [first] = files;
    if (refusal !== undefined || first === undefined) return;
    const password = String(new FormData(event.currentTarget).get("password") ?? "");
    const file = files.length === 1 ? first.file : tarOfFiles(files);
    setStep({ sent: 0, of: file.size });
    sending.current = sendUpload(file, nameOf(files), password, {
      onSent: (sent) => setStep(sent < file.size ? { sent, of: file.size } : { read: null }),
      onProgress: (read) => setStep({ read }),
    });
    const result = await sending.current.result;
    sending.current = null;
    if ("done" in result) {
      router.push(`/certificates/import/${result.done}`);
      return;
    }
    setStep(null);
    setError(result.refusal);
    router.refresh();
  };

  return (
    <form onSubmit={submit} autoComplete="off" className="flex flex-col gap-4" noValidate>
      {error !== undefined && (
        <Notice tone="critical" title="Nothing more was imported" announce>
          {error}
        </Notice>
      )}
      <Field
        id="files"
        label="Files"
        hint="PEM, DER, PKCS#7 (.p7b), PKCS#12 (.p12), Java key stores (.jks), or a ZIP or tar of them."
      >
        <FileChoice
          hint={files.length === 0 ? `or drop them here, up to ${maxSize}` : chosenWords(files, size)}
          onFiles={(chosen) => {
            setFiles(chosen);
            setError(undefined);
          }}
          disabled={step !== null}
        />
      </Field>
      <Field
        id="password"
        label="Password of the file"
        hint="For PKCS#12 files, and to check the digest of Java key stores."
        optional
      >
        <PasswordInput name="password" autoComplete="off" />
      </Field>
      {step !== null && <StepShown step={step} />}
      <div className="flex flex-wrap gap-2">
        <SubmitButton pending={step !== null}>Import</SubmitButton>
        {step !== null && "sent" in step && (
          <Button variant="quiet" onClick={() => sending.current?.abort()}>
            Stop
          </Button>
        )}
      </div>
    </form>
  );
}

function StepShown({ step }: { step: Step }) {
  if ("sent" in step) return <Progress label="Sending" value={step.sent} max={Math.max(step.of, 1)} />;
  const detail = step.read === null ? "Looking what it holds" : progressWords(step.read);
  return <Progress label="Reading and recording" detail={detail} />;
}

function refusalOf(count: number, size: number, maxBytes: number, maxSize: string): string | undefined {
  if (count === 0) return "Choose a file or a folder first.";
  return size > maxBytes
    ? `Together they have more than ${maxSize}, the most of one import; split them.`
    : undefined;
}

/** What the import is called: the file, or the folder. */
function nameOf(files: readonly PackedFile[]): string {
  const name = files[0]?.name ?? "";
  if (files.length === 1) return name;
  const folder = name.includes("/") ? name.split("/", 1).join("") : "";
  return folder === "" ? `${files.length} files` : `${folder}/ (${files.length} files)`;
}

function chosenWords(files: readonly PackedFile[], size: number): string {
  const kilobytes = Math.max(1, Math.round(size / 1024)).toLocaleString("en");
  return `${nameOf(files)}, ${kilobytes} KB`;
}
