"use client";

import { type FormEvent, useCallback, useEffect, useState, useTransition } from "react";
import { type ConfigurationDraft, withToken } from "#components/proxy/configuration-draft.ts";
import { ConfigurationParts } from "#components/proxy/configuration-parts.tsx";
import { WAY_WORDS } from "#components/proxy/proxy-words.ts";
import { FileLimits } from "#components/service/file-limits.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Loading } from "#components/ui/loading.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import type { AccessWay } from "#lib/access/proxy-configuration/access-setup.ts";
import { answerOf, NO_ANSWER } from "#lib/web/answer.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { writeConfiguration } from "./configuration-actions.ts";
import type { WrittenConfiguration } from "./written-configuration.ts";

interface ConfigurationPanelProps {
  /** Short name, and what people call it. */
  proxy: string;
  name: string;
  /** Before which it stands; one at least. */
  services: readonly {
    slug: string;
    name: string;
    hostNames: readonly string[];
    isLearning: boolean;
    failsOpen: boolean;
  }[];
  /** In which it can learn who may enter, the usual one first. */
  ways: readonly AccessWay[];
  /** Null for somebody who does not have it any more. */
  token: string | null;
  /** host:port of the planes, unless somebody says otherwise. */
  planes: string;
}

/** The complete configuration of a proxy for one service, written anew when something about it is changed. */
export function ConfigurationPanel({ proxy, name, services, ways, token, planes }: ConfigurationPanelProps) {
  const [draft, setDraft] = useState<ConfigurationDraft>(() => ({
    ...{ proxy, port: "443", upstream: "127.0.0.1:8080", planes },
    ...ofService(services[0]),
    way: ways[0] ?? "asks",
  }));
  const [written, setWritten] = useState<WrittenConfiguration>();
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<string>();
  const [pending, startTransition] = useTransition();
  const change = (part: Partial<ConfigurationDraft>) => setDraft((before) => ({ ...before, ...part }));

  const write = useCallback((wanted: ConfigurationDraft) => {
    startTransition(async () => {
      const result = await answerOf(writeConfiguration(wanted), NO_ANSWER);
      const refusal = refusalOf(result);
      setErrors(Object.fromEntries((refusal?.violations ?? []).map(({ field, detail }) => [field, detail])));
      setProblem(refusal?.message);
      if (result?.data !== undefined) setWritten(result.data);
    });
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first one is written without being asked for.
  useEffect(() => write(draft), []);

  const service = services.find(({ slug }) => slug === draft.service);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) write(draft);
  };
  const chooseService = (slug: string) => {
    const next = { ...draft, ...ofService(services.find((each) => each.slug === slug)) };
    setDraft(next);
    write(next);
  };
  const chooseWay = (way: string) => {
    const next = { ...draft, way: way as AccessWay };
    setDraft(next);
    write(next);
  };

  return (
    <>
      <form onSubmit={submit} noValidate>
        <Card title="What it is configured for">
          <div className="flex flex-col gap-4">
            {ways.length > 1 && (
              <Fieldset legend="How it knows who may enter" error={errors.way}>
                <RadioCards
                  name="way"
                  columns={2}
                  value={draft.way}
                  onValueChange={chooseWay}
                  cards={ways.map((way) => ({ value: way, ...WAY_WORDS[way] }))}
                />
              </Fieldset>
            )}
            {draft.way === "file" && (
              <FileLimits
                isLearning={service?.isLearning ?? false}
                failsOpen={service?.failsOpen ?? false}
                proxies={[name]}
              />
            )}
            <div className="grid items-end gap-4 sm:grid-cols-2 xl:grid-cols-4">
              {services.length > 1 && (
                <Field id="service" label="Service" error={errors.service}>
                  <Select value={draft.service} onChange={(event) => chooseService(event.target.value)}>
                    {services.map((each) => (
                      <option key={each.slug} value={each.slug}>
                        {harmless(each.name)}
                      </option>
                    ))}
                  </Select>
                </Field>
              )}
              <Field id="serverName" label="Name of the service" error={errors.serverName}>
                <Input
                  mono
                  value={draft.serverName}
                  maxLength={253}
                  onChange={(event) => change({ serverName: event.target.value })}
                />
              </Field>
              <Field id="port" label="Port" error={errors.port}>
                <Input
                  mono
                  inputMode="numeric"
                  value={draft.port}
                  maxLength={5}
                  onChange={(event) => change({ port: event.target.value })}
                />
              </Field>
              <Field id="upstream" label="Application behind it" error={errors.upstream}>
                <Input
                  mono
                  value={draft.upstream}
                  maxLength={260}
                  onChange={(event) => change({ upstream: event.target.value })}
                />
              </Field>
              <Field
                id="planes"
                label="Protocol planes"
                hint="host:port, with commas between several; for nginx that asks also unix:/path of a socket."
                error={errors.planes}
              >
                <Input
                  mono
                  value={draft.planes}
                  maxLength={1000}
                  onChange={(event) => change({ planes: event.target.value })}
                />
              </Field>
            </div>
            <SubmitButton variant="secondary" pending={pending} className="self-start">
              Write the configuration
            </SubmitButton>
          </div>
        </Card>
      </form>
      <div aria-live="polite" className="flex flex-col gap-5">
        {problem !== undefined && (
          <Notice tone="warn" title="There is no configuration for this yet">
            {Object.keys(errors).length > 0 ? "Put right what is marked above." : problem}
          </Notice>
        )}
        {written === undefined && problem === undefined && (
          <Card>
            <Loading label="Writing the configuration" rows={4} />
          </Card>
        )}
        {written !== undefined && problem === undefined && (
          <ConfigurationParts
            configuration={withToken(written.configuration, token)}
            commands={written.commands}
          />
        )}
      </div>
    </>
  );
}

function ofService(service: ConfigurationPanelProps["services"][number] | undefined) {
  return { service: service?.slug ?? "", serverName: service?.hostNames[0] ?? "service.example.com" };
}
