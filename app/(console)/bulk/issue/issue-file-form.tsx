"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useRef, useState, useTransition } from "react";
import { certificates } from "#components/bulk/bulk-selection.ts";
import { type FileVerdict, FileVerdicts } from "#components/bulk/file-verdicts.tsx";
import { noteStarted } from "#components/bulk/own-runs.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { FileDrop } from "#components/ui/file-drop.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { FILE_MAX_BYTES } from "#lib/authority/bulk-file.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

interface IssueFileFormProps {
  profiles: readonly {
    slug: string;
    name: string;
    keyAlgorithms: readonly KeyAlgorithm[];
    authority: string;
  }[];
  /** What the columns of the file mean. */
  columns: ReactNode;
}

/** Takes a file, shows what would come of every row, and starts with those that pass. */
export function IssueFileForm({ profiles, columns }: IssueFileFormProps) {
  const router = useRouter();
  // Not in the state: every key press in a file of 1 MB would render it anew.
  const text = useRef<HTMLTextAreaElement>(null);
  const verdictBox = useRef<HTMLDivElement>(null);
  const [slug, setSlug] = useState(profiles[0]?.slug ?? "");
  const [wantedKey, setWantedKey] = useState<KeyAlgorithm>("ecdsa-p256");
  const [leaveOutWarned, setLeaveOutWarned] = useState(false);
  const [rows, setRows] = useState<readonly FileVerdict[]>();
  const [refusal, setRefusal] = useState<string>();
  const [unreadable, setUnreadable] = useState<string>();
  const [pending, startTransition] = useTransition();
  const profile = profiles.find((each) => each.slug === slug) ?? profiles[0];
  const keys = profile?.keyAlgorithms ?? [];
  const keyAlgorithm = keys.includes(wantedKey) ? wantedKey : (keys[0] ?? wantedKey);

  const forget = () => {
    setRows(undefined);
    setRefusal(undefined);
  };
  const post = async <Data,>(path: string): Promise<Data | undefined> => {
    setRefusal(undefined);
    try {
      const wishes = { text: text.current?.value ?? "", profile: slug, keyAlgorithm, leaveOutWarned };
      const answer = await fetch(`/bulk/issue/${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(wishes),
      });
      const result = (await answer.json()) as ActionResult<Data>;
      if (result.data === undefined) setRefusal(refusalOf(result)?.message ?? "It was not answered.");
      return result.data;
    } catch {
      setRefusal("The server could not be reached. What you typed is still here.");
      return undefined;
    }
  };
  const check = (event: FormEvent) => {
    event.preventDefault();
    startTransition(async () => {
      const checked = await post<FileVerdict[]>("check");
      setRows(checked);
      if (checked !== undefined) requestAnimationFrame(() => verdictBox.current?.focus());
    });
  };
  const start = () =>
    startTransition(async () => {
      const started = await post<{ run: string }>("start");
      if (started === undefined) return;
      noteStarted(started.run);
      router.push(`/bulk/${started.run}`);
    });
  const take = async (file: File) => {
    try {
      // As spreadsheets of all countries write it: UTF-8, else the old Western encoding.
      const bytes = await file.arrayBuffer();
      let read: string;
      try {
        read = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch {
        read = new TextDecoder("windows-1252").decode(bytes);
      }
      if (text.current !== null) text.current.value = read;
      setUnreadable(undefined);
      forget();
    } catch {
      setUnreadable("The file could not be read.");
    }
  };

  const taken = rows?.filter((row) => row.passes && !(leaveOutWarned && row.findings.length > 0)).length ?? 0;
  const warned = rows?.filter((row) => row.passes && row.findings.length > 0).length ?? 0;
  const left = (rows?.length ?? 0) - taken;
  return (
    <div className="flex flex-col gap-4">
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_26rem]">
        <Card>
          <form onSubmit={check} className="flex flex-col gap-5">
            <div className="grid gap-5 sm:grid-cols-2">
              <Field
                id="profile"
                label="Profile"
                hint={`Signed by ${profile?.authority ?? ""}. A row may name another profile.`}
              >
                <Select
                  value={slug}
                  onChange={(event) => {
                    setSlug(event.target.value);
                    forget();
                  }}
                >
                  {profiles.map((each) => (
                    <option key={each.slug} value={each.slug}>
                      {each.name}
                    </option>
                  ))}
                </Select>
              </Field>
              <Field
                id="keyAlgorithm"
                label="Keys"
                hint="Made on this server for rows without a signing request, and handed over once."
              >
                <Select
                  value={keyAlgorithm}
                  onChange={(event) => {
                    setWantedKey(event.target.value as KeyAlgorithm);
                    forget();
                  }}
                >
                  {keys.map((each) => (
                    <option key={each} value={each}>
                      {KEY_ALGORITHMS[each].label}
                    </option>
                  ))}
                </Select>
              </Field>
            </div>
            <div className="flex flex-col gap-2">
              <Field
                id="rows"
                label="Rows"
                hint="Choose a CSV file or paste its rows; what is wrong can be put right here."
                error={unreadable}
              >
                <Textarea
                  ref={text}
                  mono
                  rows={12}
                  wrap="off"
                  autoComplete="off"
                  placeholder={"name,names,days\napi.example.com,api.internal 192.0.2.10,90"}
                  onChange={() => rows !== undefined && forget()}
                />
              </Field>
              <FileDrop what="CSV file" maxBytes={FILE_MAX_BYTES} accept=".csv,.tsv,.txt" onFile={take} />
            </div>
            {refusal !== undefined && (
              <Notice tone="critical" title="Nothing was issued" announce>
                {refusal}
              </Notice>
            )}
            <div>
              <SubmitButton variant={rows === undefined ? "primary" : "secondary"} pending={pending}>
                Check the rows
              </SubmitButton>
            </div>
          </form>
        </Card>
        {columns}
      </div>
      {rows !== undefined && (
        <div ref={verdictBox} tabIndex={-1} className="rounded-lg">
          <Card
            title={taken === 0 ? "No row can be issued" : `${certificates(taken)} can be issued`}
            description={
              left === 0
                ? "Every row passes the check. Nothing is issued yet."
                : `${left === 1 ? "1 row is" : `${left.toLocaleString("en")} rows are`} left out. Nothing is issued yet: change the rows above and check again, or go on without them.`
            }
            padding="none"
            actions={
              <Button variant="primary" disabled={taken === 0} pending={pending} onClick={start}>
                Issue {certificates(taken)}
              </Button>
            }
          >
            {warned > 0 && (
              <div className="border-line border-b px-4 py-3">
                <Checkbox
                  label={`Leave out the ${warned === 1 ? "row" : `${warned.toLocaleString("en")} rows`} with a warning too`}
                  checked={leaveOutWarned}
                  onChange={(event) => setLeaveOutWarned(event.target.checked)}
                />
              </div>
            )}
            <FileVerdicts rows={rows} />
          </Card>
        </div>
      )}
    </div>
  );
}
