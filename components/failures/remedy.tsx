"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { type AdmissionDraft, AdmitDialog } from "#components/access/admit-dialog.tsx";
import { RenewDialog } from "#components/certificate/renew-dialog.tsx";
import { GrantDialog } from "#components/client/grant-dialog.tsx";
import { PublishCrls } from "#components/failures/publish-crls.tsx";
import type { RemedyFacts, RemedyOffer } from "#components/failures/remedy-offer.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";

type AdmitProps = Parameters<typeof AdmitDialog>[0];
type GrantProps = Parameters<typeof GrantDialog>[0];
type RenewProps = Parameters<typeof RenewDialog>[0];

/** What the buttons do; server actions. */
export interface RemedyActions {
  renew: RenewProps["renew"];
  admit: AdmitProps["admit"];
  grant: GrantProps["grant"];
  publish: Parameters<typeof PublishCrls>[0]["publish"];
}

interface RemedyProps {
  facts: RemedyFacts;
  actions: RemedyActions;
  /** Whether a failure is kept, which resolves itself; not of lines that were pasted. */
  isStored: boolean;
}

/** How a failure is mended: in words, by a button where Countersign does it, and what follows then. */
export function Remedy({ facts: { words, offer, note }, actions, isStored }: RemedyProps) {
  const [isDone, setDone] = useState(false);
  const next = offer === null ? null : `${THEN[offer.do]} ${isStored ? RESOLVES : ASKS_AGAIN}`;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <p className="max-w-prose break-words">{words}</p>
      {note !== "" && <p className="max-w-prose break-words text-muted">{harmless(note)}</p>}
      {offer !== null && <Offer offer={offer} actions={actions} onDone={() => setDone(true)} />}
      {next !== null &&
        (isDone ? (
          <Notice tone="info" title="And then" announce>
            {next}
          </Notice>
        ) : (
          <p className="max-w-prose text-muted text-sm">{next}</p>
        ))}
    </div>
  );
}

const RESOLVES = "The failure resolves itself with the next handshake that goes well.";
const ASKS_AGAIN = "Paste the lines of the next handshake here to see whether it went well.";

const THEN: Record<RemedyOffer["do"], string> = {
  renew: "Install the new certificate where the former is in use.",
  admit: "Proxies that ask here let it in within a second.",
  grant: "Proxies that ask here let it in within a second.",
  publish: "The proxy refuses until it has fetched and loaded the new list.",
  download: "Load the file and reload the proxy, or give it to the client, as said above.",
  copy: "Put it into the proxy's configuration, and reload it.",
  open: "What is made there has to be put in use.",
};

interface OfferProps {
  offer: RemedyOffer;
  actions: RemedyActions;
  onDone: () => void;
}

function Offer({ offer, actions, onDone }: OfferProps) {
  switch (offer.do) {
    case "renew":
      return (
        <div>
          <RenewDialog
            certificateId={offer.certificate.id}
            name={harmless(offer.certificate.name)}
            lifetime={offer.lifetime}
            renew={actions.renew}
            label="Renew the certificate…"
            due
          />
        </div>
      );
    case "admit":
      return (
        <div>
          <AdmitDialog
            caller={offer.caller}
            admit={async (input: { admission: AdmissionDraft }) => {
              const result = await actions.admit(input);
              if (result?.data?.clientId != null) onDone();
              return result;
            }}
          />
        </div>
      );
    case "grant":
      return (
        <div>
          <GrantDialog
            client={offer.client}
            services={offer.services}
            grant={async (input) => {
              const result = await actions.grant(input);
              if (result?.data !== undefined) onDone();
              return result;
            }}
          />
        </div>
      );
    case "publish":
      return (
        <PublishCrls
          authorities={offer.authorities}
          address={offer.address}
          publish={actions.publish}
          onDone={onDone}
        />
      );
    case "download":
      return (
        <ul className="flex min-w-0 flex-col gap-2">
          {offer.files.map(({ label, href, detail }) => (
            <li key={href} className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
              <a
                href={href}
                download
                className={buttonStyle("primary", "md", "min-w-0 max-w-full")}
                onClick={onDone}
              >
                <Download aria-hidden />
                <span className="truncate">Download {harmless(label)}</span>
              </a>
              {detail !== "" && <span className="text-muted text-sm">{detail}</span>}
            </li>
          ))}
        </ul>
      );
    case "copy":
      return (
        <div className="flex min-w-0 flex-col items-start gap-2">
          <div className="w-full min-w-0">
            <CodeBlock code={offer.directive} label="directive" />
          </div>
          <CopyButton text={offer.directive} label="directive" look="button" onCopied={onDone} />
        </div>
      );
    case "open":
      return (
        <div>
          <ButtonLink href={offer.href} variant="primary">
            {offer.label}
          </ButtonLink>
        </div>
      );
  }
}
