"use client";

import { Clock, FileBadge, FileText, Monitor, Server } from "lucide-react";
import { useEffect } from "react";
import type { CertificateChoice } from "#components/access/certificate-choice.tsx";
import { useBrowserKeys } from "#components/certificate/browser-keys.ts";
import { strongPassword } from "#components/certificate/strong-password.ts";
import { type CredentialKind, KIND_WORDS } from "#components/client/credential-words.ts";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { RadioCards } from "#components/ui/radio-cards.tsx";
import type { Refusal } from "#lib/web/refusal.ts";
import { ExistingFields } from "./existing-fields.tsx";
import { IssuedFields } from "./issued-fields.tsx";
import { NameFields } from "./name-fields.tsx";
import { isIssued, type Origin, type ProofChoices, type ProofDraft } from "./proof-draft.ts";

export interface ProofFieldsProps {
  draft: ProofDraft;
  choices: ProofChoices;
  onChange: (part: Partial<ProofDraft>) => void;
  refusal: Refusal | null;
  errorOf: (field: string) => string | undefined;
  /** Whether what was not filled in yet is shown as wrong, too. */
  showAll: boolean;
  search: (query: string) => Promise<CertificateChoice[]>;
}

/** What is to prove a client, and where it comes from. */
export function ProofFields(props: ProofFieldsProps) {
  const { draft, choices, onChange } = props;
  const keys = useBrowserKeys();
  // Made in the browser only: the server's rendering would put it into the page.
  useEffect(() => onChange({ password: strongPassword() }), [onChange]);
  const origin = originOf(draft, keys.obstacle);
  return (
    <div className="flex flex-col gap-5">
      <Fieldset legend="What proves it?">
        <RadioCards
          name="kind"
          columns={3}
          value={draft.kind}
          onValueChange={(kind) => onChange({ kind: kind as CredentialKind })}
          cards={Object.entries(KIND_WORDS).map(([value, words]) => ({ value, ...words }))}
        />
      </Fieldset>
      {draft.kind === "name" ? (
        <NameFields {...props} />
      ) : (
        <>
          <Fieldset legend="Where does its certificate come from?">
            <RadioCards
              name="origin"
              columns={2}
              value={origin}
              onValueChange={(next) => onChange(changedOrigin(draft, next as Origin))}
              cards={originCards(choices, keys.obstacle)}
            />
          </Fieldset>
          {isIssued({ kind: draft.kind, origin }) && <IssuedFields {...props} origin={origin} keys={keys} />}
          {origin === "existing" && <ExistingFields {...props} />}
        </>
      )}
    </div>
  );
}

/** Where the key is made: not in a browser that cannot make one. */
export function originOf({ origin }: ProofDraft, browserObstacle: string | null): Origin {
  return origin === "browser" && browserObstacle !== null ? "csr" : origin;
}

function changedOrigin({ certificate }: ProofDraft, origin: Origin): Partial<ProofDraft> {
  const isMade = origin === "browser" || origin === "csr" || origin === "server";
  return {
    origin,
    ...(isMade && certificate !== null ? { certificate: { ...certificate, way: origin } } : {}),
  };
}

function originCards({ issuingObstacle, mayWait }: ProofChoices, browserObstacle: string | null) {
  const off = (obstacle: string | null) => (obstacle === null ? {} : { unavailable: obstacle });
  return [
    {
      value: "browser",
      icon: <Monitor aria-hidden />,
      label: "Issued now, key made in this browser",
      description: "The key is made on this page and never sent. You save it; nobody else ever has it.",
      ...off(issuingObstacle ?? browserObstacle),
    },
    {
      value: "csr",
      icon: <FileText aria-hidden />,
      label: "Issued now, for a CSR",
      description: "The key stays where the signing request was made. Nothing secret passes through here.",
      ...off(issuingObstacle),
    },
    {
      value: "server",
      icon: <Server aria-hidden />,
      label: "Issued now, key made on this server",
      description: "The server makes the key, hands it over once and forgets it.",
      ...off(issuingObstacle),
    },
    {
      value: "existing",
      icon: <FileBadge aria-hidden />,
      label: "It has one already",
      description: "Pin a certificate of the inventory, or one that you paste. Any authority will do.",
    },
    ...(mayWait
      ? [
          {
            value: "later",
            icon: <Clock aria-hidden />,
            label: "Later",
            description: "The client is there, and is refused everywhere until something proves it.",
          },
        ]
      : []),
  ];
}
