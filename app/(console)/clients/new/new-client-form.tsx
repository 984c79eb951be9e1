"use client";

import { Plus, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { CertificateChoice } from "#components/access/certificate-choice.tsx";
import { IssuedHandover } from "#components/certificate/issued-handover.tsx";
import type { HandoverKey } from "#components/certificate/key-handover.tsx";
import { clientInput, NEW_CLIENT } from "#components/client/client-draft.ts";
import { CareFields, CLIENT_LABELS, ExpiryField, IdentityFields } from "#components/client/client-fields.tsx";
import { emptyGrant, type GrantDraft, grantTerms } from "#components/client/grant-draft.ts";
import { GRANT_LABELS, GrantFields } from "#components/client/grant-fields.tsx";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { FormErrorSummary } from "#components/ui/form-error-summary.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { DomainError } from "#lib/errors.ts";
import type { Handover } from "../../certificates/new/handover.ts";
import { findChoices } from "../../explain/actions.ts";
import { isIssued, type ProofChoices, type ProofDraft } from "../proof/proof-draft.ts";
import { ProofFields } from "../proof/proof-fields.tsx";
import { useProof } from "../proof/use-proof.ts";

interface NewClientFormProps {
  services: readonly { id: string; name: string }[];
  /** Id of the service to begin with. */
  firstService: string | null;
  choices: ProofChoices;
  /** The certificate that is to prove it, when it is there already. */
  chosen: CertificateChoice | null;
}

/** What is folded away, as most clients have none of it. */
const CARE = ["tags", "notes", "isProtected"];

/** As a refusal names the fields of what is sent. */
function labelsOf(grants: number): Record<string, string> {
  const within = (prefix: string, labels: Readonly<Record<string, string>>) =>
    Object.entries(labels).map(([field, label]) => [`${prefix}${field}`, label]);
  return Object.fromEntries([
    ...within("client.", CLIENT_LABELS),
    ...Array.from({ length: grants }, (_, place) => within(`grants.${place}.`, GRANT_LABELS)).flat(),
  ]);
}

function startOf(chosen: CertificateChoice | null): Partial<ProofDraft> {
  return chosen === null ? {} : { origin: "existing", existing: "inventory", chosen };
}

/** The whole of a new client on one page; what is typed stays when something is refused. */
export function NewClientForm({ services, firstService, choices, chosen }: NewClientFormProps) {
  const router = useRouter();
  const [client, setClient] = useState(NEW_CLIENT);
  const [grants, setGrants] = useState<readonly GrantDraft[]>(() =>
    services.length === 0 ? [] : [emptyGrant(firstService ?? "")],
  );
  const [handed, setHanded] = useState<{
    clientId: string;
    handover: Handover;
    secret: HandoverKey | null;
  }>();
  const proof = useProof(choices, startOf(chosen), labelsOf(grants.length), (outcome) => {
    if (outcome.kind === "handover") setHanded(outcome);
    else {
      toast("ok", `Created ${client.name.trim()}`);
      router.push(`/clients/${outcome.clientId ?? ""}`);
    }
  });
  const { draft, errorOf } = proof;
  const fields = {
    draft: client,
    onChange: (part: Partial<typeof client>) => setClient((before) => ({ ...before, ...part })),
    errorOf: (field: string) => errorOf(`client.${field}`),
    prefix: "client.",
  };
  const changeGrant = (key: string, part: Partial<GrantDraft>) =>
    setGrants((before) => before.map((each) => (each.key === key ? { ...each, ...part } : each)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    try {
      // A row in which nothing was chosen is none.
      const chosen = grants.filter(({ serviceId }) => serviceId !== "");
      setGrants(chosen.length === 0 ? grants.slice(0, 1) : chosen);
      proof.send({ to: "new", whole: { client: clientInput(client), grants: chosen.map(grantTerms) } });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      proof.refuse({ message: error.message, violations: error.violations });
    }
  };

  return (
    <>
      <form onSubmit={submit} noValidate className="flex max-w-4xl min-w-0 flex-col gap-4">
        <FormErrorSummary errors={proof.errors} title="The client was not created" />
        <Card title="1. Name">
          <div className="flex flex-col gap-4">
            <IdentityFields {...fields} />
            <details
              open={CARE.some((field) => fields.errorOf(field) !== undefined) || undefined}
              className="rounded-md border border-line px-3 py-2"
            >
              <summary className="cursor-pointer text-sm">Tags, notes and protection</summary>
              <div className="mt-3 flex flex-col gap-4 pb-1">
                <CareFields {...fields} />
              </div>
            </details>
          </div>
        </Card>
        <Card title="2. What it may call" description="Everything else refuses it.">
          <div className="flex flex-col gap-4">
            {grants.map((grant, place) => (
              <div key={grant.key} className="flex items-start gap-2">
                <div className="min-w-0 flex-1">
                  <GrantFields
                    draft={grant}
                    services={services}
                    onChange={(part) => changeGrant(grant.key, part)}
                    errorOf={(field) => errorOf(`grants.${place}.${field}`)}
                    prefix={`grants.${place}.`}
                  />
                </div>
                {grants.length > 1 && (
                  <Button
                    size="sm"
                    variant="quiet"
                    icon={<X aria-hidden />}
                    aria-label={`Leave out service ${place + 1}`}
                    onClick={() => setGrants(grants.filter(({ key }) => key !== grant.key))}
                  />
                )}
              </div>
            ))}
            {services.length === 0 ? (
              <p className="text-muted">
                There is no service yet. The client can be made all the same, and be granted services later.
              </p>
            ) : (
              <div>
                <Button
                  size="sm"
                  icon={<Plus aria-hidden />}
                  onClick={() => setGrants([...grants, emptyGrant()])}
                >
                  Another service
                </Button>
              </div>
            )}
          </div>
        </Card>
        <Card
          title="3. Lifetime"
          description={
            isIssued(draft)
              ? "Of the client itself. How long its certificate lives is said with the certificate."
              : "Of the client itself, beside that of its certificate."
          }
        >
          <ExpiryField {...fields} className="max-w-md" />
        </Card>
        <Card title="4. Certificate">
          <ProofFields
            draft={draft}
            choices={choices}
            onChange={proof.change}
            refusal={proof.refusal}
            errorOf={errorOf}
            showAll={proof.tried}
            search={findChoices}
          />
        </Card>
        <div className="flex gap-2">
          <SubmitButton pending={proof.pending}>
            {isIssued(draft) ? "Create the client and issue" : "Create the client"}
          </SubmitButton>
          <ButtonLink href="/clients">Cancel</ButtonLink>
        </div>
      </form>
      {handed !== undefined && (
        <IssuedHandover
          {...handed.handover}
          secret={handed.secret}
          doneLabel="Open the client"
          onDone={() => {
            setHanded(undefined);
            // In place of this page and of the guard's entry in the history.
            router.replace(`/clients/${handed.clientId}`);
          }}
        />
      )}
    </>
  );
}
