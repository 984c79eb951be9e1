"use client";

import { type FormEvent, type ReactNode, useRef, useState, useTransition } from "react";
import { LineTable, type LineVerdict } from "#components/client/line-table.tsx";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { FileDrop } from "#components/ui/file-drop.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { CSV_BYTES_MAX } from "#lib/csv-table.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface ImportFormProps {
  /** What the columns of the file mean. */
  columns: ReactNode;
  /** The most lines that can be taken all or nothing. */
  allMax: number;
}

interface Outcome {
  created: { line: number; clientId: string; name: string }[];
  refused: LineVerdict[];
}

const NOTHING = "Nothing was created";
const UNKNOWN = "It is not known what was created; check the lines again";

const clients = (count: number) => (count === 1 ? "1 client" : `${count.toLocaleString("en")} clients`);

/** Takes a file, shows what is wrong with each line, and creates the clients of those that can be taken. */
export function ImportForm({ columns, allMax }: ImportFormProps) {
  // Not in the state: every key press in a file of 1 MB would render it anew.
  const text = useRef<HTMLTextAreaElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [lines, setLines] = useState<readonly LineVerdict[]>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [refusal, setRefusal] = useState<{ title: string; detail: string }>();
  const [unreadable, setUnreadable] = useState<string>();
  const [pending, startTransition] = useTransition();

  const forget = () => {
    setLines(undefined);
    setOutcome(undefined);
    setRefusal(undefined);
  };
  const post = async <Data,>(path: string, more: object = {}): Promise<Data | undefined> => {
    setRefusal(undefined);
    // Whoever only looks creates nothing, whatever becomes of the answer.
    const lost = path === "start" ? UNKNOWN : NOTHING;
    try {
      const answer = await fetch(`/clients/import/${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ text: text.current?.value ?? "", ...more }),
      });
      const result = (await answer.json()) as ActionResult<Data>;
      const refused = refusalOf(result);
      if (result.data === undefined) {
        // With an id it is an error of ours, which may have come half way.
        const title = refused === undefined || refused.id !== undefined ? lost : NOTHING;
        setRefusal({ title, detail: refused?.message ?? "It was not answered." });
      }
      return result.data;
    } catch {
      setRefusal({ title: lost, detail: "The server did not answer. What you typed is still here." });
      return undefined;
    }
  };
  const lookAtIt = () => requestAnimationFrame(() => box.current?.focus());
  const check = (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    startTransition(async () => {
      setOutcome(undefined);
      const checked = await post<LineVerdict[]>("check");
      setLines(checked);
      if (checked !== undefined) lookAtIt();
    });
  };
  const start = (mode: "all" | "each") =>
    startTransition(async () => {
      const done = await post<Outcome>("start", { mode });
      if (done === undefined) {
        // Names that were taken meanwhile show in a new check only.
        setLines(undefined);
        return;
      }
      setOutcome(done);
      setLines(done.refused.length > 0 ? done.refused : undefined);
      lookAtIt();
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

  return (
    <div className="flex flex-col gap-4">
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_26rem]">
        <Card>
          <form onSubmit={check} className="flex flex-col gap-5">
            <div className="flex flex-col gap-2">
              <Field
                id="rows"
                label="Lines"
                hint="Choose a CSV file or paste its lines; what is wrong can be put right here."
                error={unreadable}
              >
                <Textarea
                  ref={text}
                  mono
                  rows={12}
                  wrap="off"
                  autoComplete="off"
                  placeholder={"name,environment,owner,services\nbilling-worker,production,Payments,orders"}
                  onChange={() => (lines !== undefined || outcome !== undefined) && forget()}
                />
              </Field>
              <FileDrop what="CSV file" maxBytes={CSV_BYTES_MAX} accept=".csv,.tsv,.txt" onFile={take} />
            </div>
            {refusal !== undefined && (
              <Notice tone="critical" title={refusal.title} announce>
                {refusal.detail}
              </Notice>
            )}
            <div>
              <SubmitButton variant={lines === undefined ? "primary" : "secondary"} pending={pending}>
                Check the lines
              </SubmitButton>
            </div>
          </form>
        </Card>
        {columns}
      </div>
      <div ref={box} tabIndex={-1} className="flex flex-col gap-4 rounded-lg">
        {outcome !== undefined && <Done outcome={outcome} />}
        {lines !== undefined && (
          <Verdict
            lines={lines}
            isOver={outcome !== undefined}
            allMax={allMax}
            pending={pending}
            start={start}
          />
        )}
      </div>
    </div>
  );
}

function Done({ outcome: { created, refused } }: { outcome: Outcome }) {
  return (
    <Notice
      tone={created.length === 0 ? "warn" : "ok"}
      title={created.length === 0 ? "No client was created" : `Created ${clients(created.length)}`}
      announce
      actions={
        created.length > 0 && (
          <ButtonLink href="/clients" size="sm">
            See the clients
          </ButtonLink>
        )
      }
    >
      {refused.length > 0 &&
        `${refused.length === 1 ? "1 line was" : `${refused.length.toLocaleString("en")} lines were`} left out: what is wrong stands below.`}
    </Notice>
  );
}

interface VerdictProps {
  lines: readonly LineVerdict[];
  /** Whether the others were taken already. */
  isOver: boolean;
  allMax: number;
  pending: boolean;
  start: (mode: "all" | "each") => void;
}

function Verdict({ lines, isOver, allMax, pending, start }: VerdictProps) {
  const sound = lines.filter(({ findings }) => findings.length === 0).length;
  const left = lines.length - sound;
  if (isOver) {
    return (
      <Card title="Left out" padding="none">
        <LineTable lines={lines} />
      </Card>
    );
  }
  return (
    <Card
      title={sound === 0 ? "No line can be taken" : `${clients(sound)} can be created`}
      description={
        left === 0
          ? "Every line can be taken. Nothing is created yet."
          : `${left === 1 ? "1 line is" : `${left.toLocaleString("en")} lines are`} wrong. Put them right above and check again, or go on without them.`
      }
      padding="none"
      actions={
        <Button
          variant="primary"
          disabled={sound === 0}
          pending={pending}
          // Short files are taken whole or not at all, when nothing is left out anyway.
          onClick={() => start(left === 0 && lines.length <= allMax ? "all" : "each")}
        >
          Create {clients(sound)}
        </Button>
      }
    >
      <LineTable lines={lines} />
    </Card>
  );
}
