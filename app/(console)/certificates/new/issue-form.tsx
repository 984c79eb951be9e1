"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState, useTransition } from "react";
import { useBrowserKeys } from "#components/certificate/browser-keys.ts";
import type { HandoverKey } from "#components/certificate/key-handover.tsx";
import { ProfileRulesPanel } from "#components/certificate/profile-rules-panel.tsx";
import { RequestComparisonTable } from "#components/certificate/request-comparison-table.tsx";
import { strongPassword } from "#components/certificate/strong-password.ts";
import { Card } from "#components/ui/card.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { type Draft, draftProblems, firstDraft, type ProfileChoice, type Replaced } from "./draft.ts";
import { errorsOf } from "./errors.ts";
import { DeliveryFields, RequestFields, WishFields } from "./fields.tsx";
import type { Handover } from "./handover.ts";
import { issueInBrowser, issueOnServer, issueRequest, type Outcome, previewRequest } from "./issue.ts";
import { ProfileField } from "./profile-field.tsx";
import { WayChoice } from "./way-choice.tsx";

interface IssueFormProps {
  profiles: readonly ProfileChoice[];
  /** Slug of the profile to begin with. */
  firstProfile: string | undefined;
  replaced: Replaced | null;
  /** A key is there to be handed over. */
  onHandover: (handover: Handover, secret: HandoverKey) => void;
}

/** The form of all three ways. What is typed stays when the way changes or something is refused. */
export function IssueForm({ profiles, firstProfile, replaced, onHandover }: IssueFormProps) {
  const router = useRouter();
  const keys = useBrowserKeys();
  const [pending, startTransition] = useTransition();
  const [draft, setDraft] = useState<Draft>(() =>
    firstDraft(profileOf(profiles, replaced?.profile ?? firstProfile), replaced),
  );
  const [password, setPassword] = useState("");
  const [deliveryForm, setDeliveryForm] = useState<"pkcs12" | "pem">("pkcs12");
  const [outcome, setOutcome] = useState<Outcome>();
  const [tried, setTried] = useState(false);
  const previewBox = useRef<HTMLDivElement>(null);
  // Made in the browser only: the server's rendering would put it into the page.
  useEffect(() => setPassword(strongPassword()), []);

  const way = draft.way === "browser" && keys.obstacle !== null ? "csr" : draft.way;
  const profile = profileOf(profiles, draft.profile);
  const offered = profile.rules.keyAlgorithms.filter((each) => way !== "browser" || keys.makes(each));
  const keyAlgorithm = offered.includes(draft.keyAlgorithm)
    ? draft.keyAlgorithm
    : (offered[0] ?? draft.keyAlgorithm);
  const wish = { draft: { ...draft, way, keyAlgorithm }, profile, replacesId: replaced?.id };
  const preview = outcome?.kind === "preview" ? outcome.rows : null;
  const errors = outcome?.kind === "refused" ? outcome.refusal : null;

  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    // What was checked is not what would be issued any more.
    if (outcome?.kind === "preview") setOutcome(undefined);
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setTried(true);
    const violations = draftProblems(wish.draft, profile).map((problem) => ({ ...problem, rule: "input" }));
    if (violations.length > 0) {
      setOutcome({ kind: "refused", refusal: { message: violations[0]?.detail ?? "", violations } });
      return;
    }
    startTransition(async () => {
      const result = await run();
      setOutcome(result);
      if (result.kind === "handover") onHandover(result.handover, result.secret);
      if (result.kind === "preview") requestAnimationFrame(() => previewBox.current?.focus());
      if (result.kind === "issued") {
        toast("ok", replaced === null ? "Issued the certificate" : `Renewed ${replaced.name}`);
        router.push(`/certificates/${result.id}`);
      }
    });
  };
  const run = (): Promise<Outcome> => {
    if (way === "browser") return issueInBrowser(wish);
    if (way === "csr") return preview === null ? previewRequest(wish) : issueRequest(wish);
    return issueOnServer(wish, deliveryForm === "pem" ? { form: "pem" } : { form: "pkcs12", password });
  };

  return (
    <form onSubmit={submit} noValidate className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="flex min-w-0 flex-col gap-4">
        <FormErrorSummary errors={errorsOf(errors)} title="Nothing was issued" />
        <Card>
          <WayChoice value={way} onChange={(next) => change({ way: next })} browserObstacle={keys.obstacle} />
        </Card>
        <Card>
          <div className="flex max-w-3xl flex-col gap-5">
            <ProfileField
              profiles={profiles}
              profile={profile}
              fixed={replaced?.profile === profile.slug}
              onChange={(next) => change({ profile: next.slug, lifetime: firstDraft(next, null).lifetime })}
              refusal={errors}
            />
            {way === "csr" ? (
              <RequestFields draft={wish.draft} profile={profile} onChange={change} refusal={errors} />
            ) : (
              <WishFields
                draft={wish.draft}
                profile={profile}
                offered={offered}
                onChange={change}
                refusal={errors}
                showAll={tried}
              />
            )}
            {way === "server" && (
              <DeliveryFields
                form={deliveryForm}
                onForm={setDeliveryForm}
                password={password}
                onPassword={setPassword}
                refusal={errors}
              />
            )}
          </div>
        </Card>
        {way === "csr" && preview !== null && (
          <div ref={previewBox} tabIndex={-1} className="rounded-lg">
            <Card
              title="What it asks, and what will be issued"
              description={`The signing request is sound, and the profile ${profile.name} allows it.`}
            >
              <RequestComparisonTable rows={preview} />
            </Card>
          </div>
        )}
        <div>
          <SubmitButton pending={pending} disabled={way !== "csr" && offered.length === 0}>
            {LABELS[way === "csr" && preview !== null ? "issue" : way]}
          </SubmitButton>
        </div>
      </div>
      <Card
        title={`What ${profile.name} allows`}
        description={profile.description}
        className="xl:sticky xl:top-16"
      >
        <ProfileRulesPanel rules={profile.rules} />
      </Card>
    </form>
  );
}

const LABELS = {
  browser: "Make the key and issue",
  csr: "Check the request",
  server: "Make the key and issue",
  issue: "Issue certificate",
};

function profileOf(profiles: readonly ProfileChoice[], slug: string | undefined): ProfileChoice {
  return profiles.find((profile) => profile.slug === slug) ?? (profiles[0] as ProfileChoice);
}
