"use client";

import type { CertificateRowFacts } from "#components/certificate/certificate-row-facts.ts";
import { certificateSource } from "#components/certificate/certificate-source.ts";
import { certificateState } from "#components/certificate/certificate-state.ts";
import { RiskBadges } from "#components/certificate/risk-badges.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { LifeBar } from "#components/ui/life-bar.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, Row } from "#components/ui/table.tsx";

/** Digits of a serial number that tell two certificates apart at a glance. */
const SHORT_SERIAL = 8;

/** On narrow screens a row is a card: what is not needed to pick one stands on its page. */
const WIDE_ONLY = "max-xl:hidden!";

interface CertificateRowProps {
  certificate: CertificateRowFacts;
  now: Date;
  selected: boolean;
  onToggle: (extend: boolean) => void;
}

/** One certificate of the list. */
export function CertificateRow({ certificate, now, selected, onToggle }: CertificateRowProps) {
  const { notBefore, notAfter, profile, issuer, serial } = certificate;
  const { word, tone } = certificateState(certificate, now);
  const source = certificateSource(certificate.source);
  const name = harmless(certificate.displayName);
  return (
    <Row selected={selected}>
      <Cell className="max-sm:absolute! max-sm:top-2 max-sm:right-4">
        <input
          type="checkbox"
          aria-label={`Select ${name}`}
          data-row-choice=""
          checked={selected}
          // The change event does not know of shift.
          onClick={(event) => onToggle(event.shiftKey)}
          onChange={() => {}}
          className="block size-4 accent-accent pointer-coarse:size-5"
        />
      </Cell>
      <Cell>
        <span className="flex min-w-0 max-w-52 flex-col max-sm:max-w-none max-sm:flex-1 max-sm:pr-8">
          <RowLink
            href={`/certificates/${certificate.id}`}
            title={name.slice(0, 1_000)}
            className="line-clamp-2 [overflow-wrap:anywhere]"
          >
            {name}
          </RowLink>
          <OtherNames certificate={certificate} />
        </span>
      </Cell>
      <Cell label="Status">
        <Status tone={tone}>{word}</Status>
      </Cell>
      <Cell label="Expires">
        <span className="flex flex-col gap-0.5 max-sm:flex-row max-sm:items-center max-sm:gap-2.5">
          <RelativeTime time={notAfter} />
          <LifeBar
            notBefore={notBefore}
            notAfter={notAfter}
            now={now}
            tone={tone === "info" ? "neutral" : tone}
            className="block! w-16! shrink-0"
          />
        </span>
      </Cell>
      <Cell label="Risks" className={certificate.risks.length === 0 ? "max-sm:hidden!" : undefined}>
        <RiskBadges risks={certificate.risks} />
      </Cell>
      <Cell label="Issued under">
        <Lines
          first={profile ?? (certificate.kind === "authority" ? "authority" : "no profile")}
          second={harmless(issuer)}
          isFirstQuiet={profile === null}
        />
      </Cell>
      <Cell
        label="Owner, tags"
        className={certificate.owner === "" && certificate.tags.length === 0 ? "max-sm:hidden!" : undefined}
      >
        <Belonging owner={certificate.owner} tags={certificate.tags} />
      </Cell>
      <Cell className={WIDE_ONLY}>
        <span className="block font-mono slashed-zero" title={serial}>
          {serial.length > SHORT_SERIAL ? `${serial.slice(0, SHORT_SERIAL)}…` : serial}
        </span>
        <span className="block text-muted text-xs" title={source.meaning}>
          {source.short}
        </span>
      </Cell>
      <Cell className={WIDE_ONLY}>
        <RelativeTime time={certificate.createdAt} />
        <LastSeen certificate={certificate} />
      </Cell>
    </Row>
  );
}

function OtherNames({ certificate: { otherNames, subject } }: { certificate: CertificateRowFacts }) {
  const [first] = otherNames.first;
  const more = otherNames.count - 1;
  const line = first === undefined ? subject : harmless(first);
  if (line === "") return null;
  return (
    <span className="flex min-w-0 gap-1 text-muted text-xs">
      <span
        className="min-w-0 truncate"
        title={harmless([...otherNames.first, subject].join("\n")).slice(0, 1_000)}
      >
        {first === undefined ? line : `+ ${line}`}
      </span>
      {more > 0 && <span className="shrink-0">and {more.toLocaleString("en")} more</span>}
    </span>
  );
}

function LastSeen({ certificate: { lastSeenAt, lastSeenWhere } }: { certificate: CertificateRowFacts }) {
  if (lastSeenAt === null) {
    return (
      <span className="block text-faint text-xs" title="Filled when proxies report what they meet.">
        not seen yet
      </span>
    );
  }
  return (
    <span className="block max-w-32 truncate text-muted text-xs" title={harmless(lastSeenWhere ?? "")}>
      seen <RelativeTime time={lastSeenAt} />
    </span>
  );
}

function Lines({ first, second, isFirstQuiet }: { first: string; second: string; isFirstQuiet: boolean }) {
  return (
    <span className="flex min-w-0 flex-col sm:max-w-30">
      <span className={isFirstQuiet ? "truncate text-muted" : "truncate"}>{first}</span>
      <span className="truncate text-muted text-xs" title={second.slice(0, 1_000)}>
        {second}
      </span>
    </span>
  );
}

function Belonging({ owner, tags }: { owner: string; tags: readonly string[] }) {
  if (owner === "" && tags.length === 0) return <span className="text-faint">nobody</span>;
  return (
    <span className="flex min-w-0 flex-col sm:max-w-30">
      <span className={owner === "" ? "text-faint" : "truncate"} title={owner}>
        {owner === "" ? "nobody" : owner}
      </span>
      {tags.length > 0 && (
        <span className="truncate text-muted text-xs" title={tags.join(", ")}>
          {tags.join(", ")}
        </span>
      )}
    </span>
  );
}
