"use client";

import { type FormEvent, type KeyboardEvent, useRef, useState, useTransition } from "react";
import type { RemedyActions } from "#components/failures/remedy.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { Loading } from "#components/ui/loading.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { PasteExample } from "./examples.ts";
import { PasteResult } from "./paste-result.tsx";
import { type PasteOutcome, sendPasted } from "./send-pasted.ts";

interface PasteFormProps {
  proxies: readonly { slug: string; name: string }[];
  /** Whose lines are read, where they are no proxy's of ours. */
  software: readonly { value: string; label: string }[];
  bundles: readonly { slug: string; name: string }[];
  firstProxy: string;
  examples: readonly PasteExample[];
  actions: RemedyActions;
}

/** Takes lines, and shows what happened. */
export function PasteForm({ proxies, software, bundles, firstProxy, examples, actions }: PasteFormProps) {
  // Not in the state: every key press in a text of 2 MB would render it anew.
  const text = useRef<HTMLTextAreaElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [proxy, setProxy] = useState(firstProxy);
  const [bundle, setBundle] = useState("");
  const [outcome, setOutcome] = useState<PasteOutcome & { proxy: string }>();
  const [pending, startTransition] = useTransition();

  const diagnose = () => {
    if (pending) return;
    startTransition(async () => {
      const sent = await sendPasted(text.current?.value ?? "", { proxy, bundle });
      setOutcome({ ...sent, proxy });
      if (sent.answer !== null) requestAnimationFrame(() => box.current?.focus());
    });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    diagnose();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    diagnose();
  };
  const tryExample = (example: PasteExample) => {
    if (text.current === null) return;
    text.current.value = example.text;
    setProxy("auto");
    setOutcome(undefined);
    text.current.focus();
    // With the cursor at the end its beginning would be out of sight.
    text.current.setSelectionRange(0, 0);
  };

  return (
    <div className="flex min-w-0 flex-col gap-5">
      <Card>
        <form onSubmit={submit} noValidate className="flex min-w-0 flex-col gap-4">
          <Field
            id="lines"
            label="Lines"
            hint="One or many, as they stand in the log: text or JSON, with or without what syslog, Docker or a shipper put round them. Lines of both logs of a proxy tell more than one."
            error={outcome?.answer === null ? outcome.refusal : undefined}
          >
            <Textarea
              ref={text}
              mono
              rows={8}
              wrap="off"
              autoComplete="off"
              placeholder={examples[0]?.text.split("\n")[0]}
              onKeyDown={press}
            />
          </Field>
          <div className="flex flex-wrap items-center gap-2">
            <span className="text-muted text-sm">Try one:</span>
            {examples.map((example) => (
              <Button key={example.label} size="sm" onClick={() => tryExample(example)}>
                {example.label}
              </Button>
            ))}
          </div>
          <div className="grid items-start gap-4 sm:grid-cols-2 xl:max-w-3xl">
            <Field id="proxy" label="Whose lines" hint="What of it is known here helps.">
              <Select value={proxy} onChange={(event) => setProxy(event.target.value)}>
                <option value="auto">Recognise each line</option>
                {proxies.length > 0 && (
                  <optgroup label="Proxies">
                    {proxies.map(({ slug, name }) => (
                      <option key={slug} value={slug}>
                        {name}
                      </option>
                    ))}
                  </optgroup>
                )}
                <optgroup label="Software">
                  {software.map(({ value, label }) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </optgroup>
              </Select>
            </Field>
            <Field
              id="bundle"
              label="Trust bundle that it loads"
              hint="With it, what it trusts is certain."
              optional
            >
              <Select value={bundle} onChange={(event) => setBundle(event.target.value)}>
                <option value="">Not known</option>
                {bundles.map(({ slug, name }) => (
                  <option key={slug} value={slug}>
                    {name}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
          <div className="flex flex-wrap items-center gap-3">
            <SubmitButton pending={pending}>Say why</SubmitButton>
            <span className="text-muted text-sm">
              or <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd> in the lines
            </span>
          </div>
        </form>
      </Card>
      <section ref={box} tabIndex={-1} aria-label="What the lines say" className="min-w-0 outline-none">
        {pending && outcome === undefined && <Loading label="Reading the lines" rows={3} />}
        {outcome?.answer != null && (
          <PasteResult answer={outcome.answer} proxy={outcome.proxy} actions={actions} />
        )}
      </section>
    </div>
  );
}
