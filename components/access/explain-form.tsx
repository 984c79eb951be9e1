"use client";

import { type FormEvent, useState, useTransition } from "react";
import { type CertificateChoice, CertificateChooser } from "#components/access/certificate-choice.tsx";
import { type ExplainedDecision, Explanation } from "#components/access/explanation.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { type FormError, FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Loading } from "#components/ui/loading.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { answerOf, NO_ANSWER } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

/** What is asked. */
export interface ExplainQuestion {
  /** Text that was pasted; empty when one of the inventory is meant. */
  certificate: string;
  /** Empty when one was pasted. */
  certificateId: string;
  service: string;
  method: string;
  path: string;
}

interface ExplainFormProps {
  services: readonly { slug: string; name: string }[];
  start: { chosen: CertificateChoice | null; service: string; method: string; path: string };
  search: (query: string) => Promise<CertificateChoice[]>;
  explain: (question: ExplainQuestion) => Promise<ActionResult<ExplainedDecision> | undefined>;
}

const WAYS = [
  { value: "chosen", label: "One of the inventory", description: "By name, serial number or fingerprint." },
  { value: "pasted", label: "Paste it", description: "PEM, or base64 of DER, as a log or a header has it." },
];

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Asks who may do what, and shows why. */
export function ExplainForm({ services, start, search, explain }: ExplainFormProps) {
  const [way, setWay] = useState("chosen");
  const [chosen, setChosen] = useState(start.chosen);
  const [pasted, setPasted] = useState("");
  const [service, setService] = useState(start.service || (services[0]?.slug ?? ""));
  const [method, setMethod] = useState(start.method);
  const [path, setPath] = useState(start.path);
  const [answer, setAnswer] = useState<ExplainedDecision>();
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [pending, startTransition] = useTransition();
  const errorOf = (field: string) => errors.find(({ fieldId }) => fieldId === field)?.message;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    const lacking = missing(way, chosen, pasted);
    setErrors(lacking);
    if (lacking.length > 0) return;
    startTransition(async () => {
      const isPasted = way === "pasted";
      const asked = explain({
        certificate: isPasted ? pasted : "",
        certificateId: isPasted ? "" : (chosen?.id ?? ""),
        ...{ service, method, path },
      });
      const result = await answerOf(asked, NO_ANSWER);
      const refusal = refusalOf(result);
      setAnswer(result?.data);
      setErrors(
        refusal === undefined
          ? []
          : refusal.violations.length === 0
            ? [{ message: refusal.message }]
            : refusal.violations.map(({ field, detail }) => ({ message: detail, fieldId: field })),
      );
    });
  };

  return (
    <div className="flex flex-col gap-5">
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <FormErrorSummary errors={errors} title="This could not be explained" />
        <Card title="The caller and its request">
          <div className="grid items-start gap-x-6 gap-y-4 xl:grid-cols-2">
            <div className="flex min-w-0 flex-col gap-3">
              <Fieldset legend="Certificate">
                <RadioCards name="way" cards={WAYS} columns={2} value={way} onValueChange={setWay} />
              </Fieldset>
              {way === "chosen" ? (
                <CertificateChooser
                  chosen={chosen}
                  onChange={setChosen}
                  search={search}
                  error={errorOf("certificateId")}
                />
              ) : (
                <Field
                  id="certificate"
                  label="Certificate"
                  hint="Only the certificate, never the key."
                  error={errorOf("certificate")}
                >
                  <Textarea
                    mono
                    rows={8}
                    value={pasted}
                    maxLength={65_536}
                    placeholder="-----BEGIN CERTIFICATE-----"
                    onChange={(event) => setPasted(event.target.value)}
                  />
                </Field>
              )}
            </div>
            <div className="grid min-w-0 gap-4 sm:grid-cols-[minmax(0,1fr)_10rem]">
              <Field id="service" label="Service" error={errorOf("service")} className="sm:col-span-2">
                <Select value={service} onChange={(event) => setService(event.target.value)}>
                  {services.map(({ slug, name }) => (
                    <option key={slug} value={slug}>
                      {harmless(name)}
                    </option>
                  ))}
                </Select>
              </Field>
              <Field id="path" label="Path" hint="As the caller asks for it." error={errorOf("path")}>
                <Input mono value={path} maxLength={8192} onChange={(event) => setPath(event.target.value)} />
              </Field>
              <Field id="method" label="Method" hint="Of HTTP." error={errorOf("method")}>
                <Select value={method} onChange={(event) => setMethod(event.target.value)}>
                  {METHODS.map((each) => (
                    <option key={each}>{each}</option>
                  ))}
                </Select>
              </Field>
              <div className="sm:col-span-2">
                <SubmitButton pending={pending}>Explain</SubmitButton>
              </div>
            </div>
          </div>
        </Card>
      </form>
      <div aria-live="polite">
        {pending && answer === undefined && <Loading label="Applying the rules" rows={3} />}
        {answer !== undefined && <Explanation answer={answer} />}
      </div>
    </div>
  );
}

function missing(way: string, chosen: CertificateChoice | null, pasted: string): FormError[] {
  if (way === "pasted") {
    return pasted.trim() === "" ? [{ message: "Paste a certificate.", fieldId: "certificate" }] : [];
  }
  return chosen === null ? [{ message: "Choose a certificate.", fieldId: "certificateId" }] : [];
}
