"use client";

import { Eye } from "lucide-react";
import { useState, useTransition } from "react";
import { AbsoluteTime } from "#components/ui/absolute-time.tsx";
import { Button } from "#components/ui/button.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Loading } from "#components/ui/loading.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Status } from "#components/ui/status.tsx";
import type { Tone } from "#components/ui/tone.ts";
import { answerOf, NO_ANSWER } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

/** What a verifier finds at one address. */
export interface SeenAddress {
  kind: "crl" | "issuer" | "ocsp";
  method: "GET" | "POST";
  /** As printed in certificates; empty when there is none. */
  url: string;
  verdict: "good" | "doubtful" | "bad";
  /** What a client would conclude, and what mends it. */
  detail: string;
  evidence: readonly { label: string; value: string }[];
  /** Null when nothing was asked. */
  milliseconds: number | null;
}

/** What a verifier finds of an authority. */
export interface SeenAuthority {
  at: Date;
  /** In which certificate the addresses are printed; null while there is none. */
  certificate: { id: string; name: string } | null;
  addresses: readonly SeenAddress[];
}

interface VerifierCheckProps {
  authority: { slug: string; name: string };
  check: (input: { authority: string }) => Promise<ActionResult<SeenAuthority> | undefined>;
}

const KINDS = { crl: "CRL", issuer: "Issuer's certificate", ocsp: "OCSP" } as const;
const VERDICTS: Record<SeenAddress["verdict"], { tone: Tone; word: string }> = {
  good: { tone: "ok", word: "works" },
  doubtful: { tone: "warn", word: "doubtful" },
  bad: { tone: "critical", word: "fails" },
};

/** Fetches what certificates of an authority point at, as a verifier does, and says what it would conclude. */
export function VerifierCheck({ authority, check }: VerifierCheckProps) {
  const [pending, startTransition] = useTransition();
  const [seen, setSeen] = useState<SeenAuthority>();
  const [refusal, setRefusal] = useState<string>();
  const look = () =>
    startTransition(async () => {
      const result = await answerOf(check({ authority: authority.slug }), NO_ANSWER);
      setSeen(result?.data);
      setRefusal(
        result?.data === undefined ? (refusalOf(result)?.message ?? "It was not answered.") : undefined,
      );
    });
  return (
    <section aria-label={`${authority.name} as a verifier sees it`} className="border-line border-t pt-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h3 className="font-medium">As a verifier sees it</h3>
        <Button size="sm" icon={<Eye aria-hidden />} pending={pending} onClick={look}>
          Check now
        </Button>
        <span className="text-muted text-sm">
          {seen === undefined ? (
            "Fetches the addresses printed in its certificates, from where this server stands."
          ) : (
            <>
              Checked <AbsoluteTime time={seen.at} />
              {seen.certificate === null
                ? ", as the next certificate will say"
                : `, as printed in ${harmless(seen.certificate.name)}`}
            </>
          )}
        </span>
      </div>
      <div aria-live="polite">
        {pending && seen === undefined && <Loading label="Asking the addresses" rows={2} />}
        {refusal !== undefined && (
          <div className="mt-3">
            <Notice tone="critical" title="It could not be checked">
              {refusal}
            </Notice>
          </div>
        )}
        {seen !== undefined && (
          <ul className="mt-2 divide-y divide-line">
            {seen.addresses.map((address) => (
              <Address key={`${address.kind} ${address.method} ${address.url}`} address={address} />
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function Address({
  address: { kind, method, url, verdict, detail, evidence, milliseconds },
}: {
  address: SeenAddress;
}) {
  const { tone, word } = VERDICTS[verdict];
  return (
    <li className="grid gap-x-4 gap-y-1 py-2 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <span>
        <span className="block font-medium">{KINDS[kind]}</span>
        <Status tone={tone}>{word}</Status>
      </span>
      <span className="min-w-0">
        <span className="block break-words">{harmless(detail)}</span>
        {url !== "" && (
          <span className="block break-all font-mono text-muted text-xs">
            {method} {harmless(url)}
            {milliseconds !== null && `, ${Math.round(milliseconds).toLocaleString("en")} ms`}
          </span>
        )}
        {evidence.length > 0 && (
          <details className="mt-1 text-sm">
            <summary className="text-link">What was seen</summary>
            <dl className="mt-1 grid gap-x-4 gap-y-0.5 sm:grid-cols-[auto_minmax(0,1fr)]">
              {evidence.map(({ label, value }) => (
                <div key={`${label} ${value}`} className="contents">
                  <dt className="text-muted">{label}</dt>
                  <dd className="min-w-0 break-all font-mono text-xs">{harmless(value)}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </span>
    </li>
  );
}
