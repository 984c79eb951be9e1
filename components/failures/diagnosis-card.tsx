import Link from "next/link";
import type { ReactNode } from "react";
import { CertificateWords } from "#components/failures/certificate-words.tsx";
import { DiagnosisEvidence } from "#components/failures/diagnosis-evidence.tsx";
import { ACTING_WORDS, certaintyWords } from "#components/failures/failure-words.ts";
import type { ConcernedCertificate, DiagnosisFacts } from "#components/failures/pasted-diagnosis.ts";
import { softwareName } from "#components/failures/software-names.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { CAUSES } from "#lib/handshake/causes.ts";

interface DiagnosisCardProps {
  diagnosis: DiagnosisFacts;
  certificate: ConcernedCertificate | null;
  /** How many handshakes failed so, and when. */
  seen: { count: number; firstAt: number | null; lastAt: number | null; proxy: string };
  /** What mends it. */
  remedy: ReactNode;
  lines: readonly string[];
}

/** Why handshakes failed: the cause and how sure it is, what speaks for it, whose it is, and what to do. */
export function DiagnosisCard({ diagnosis, certificate, seen, remedy, lines }: DiagnosisCardProps) {
  const { cause, candidates, certainty, acts, question, missingDirective } = diagnosis;
  const isSure = certainty === "certain";
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {CAUSES[cause].title}
          <Badge tone={isSure ? "ok" : "warn"}>
            {certaintyWords({ certainty, candidates: [...candidates] })}
          </Badge>
        </span>
      }
      description={CAUSES[cause].meaning}
      actions={
        seen.count > 1 && (
          <span className="text-muted text-sm">{seen.count.toLocaleString("en")} handshakes</span>
        )
      }
    >
      <div className="grid min-w-0 items-start gap-x-8 gap-y-5 xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-5">
          <Part
            title="What to do"
            note={acts === "nobody" ? undefined : `${ACTING_WORDS[acts]} can mend it.`}
          >
            {remedy}
          </Part>
          {missingDirective !== null && (
            <Part title={`${softwareName(missingDirective.proxy)} would have said more with`}>
              <CodeBlock
                code={missingDirective.directive}
                title={`For ${softwareName(missingDirective.proxy)}`}
                label="directive"
                maxLines={10}
              />
              <p className="mt-2 max-w-prose text-muted text-sm">{missingDirective.explanation}</p>
            </Part>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <Part title="What speaks for it">
            <DiagnosisEvidence evidence={diagnosis.evidence} />
            {candidates.length > 1 && <Others candidates={candidates.slice(1)} />}
            {question !== null && (
              <p className="mt-3 max-w-prose">
                <span className="text-muted">What would tell: </span>
                {harmless(question)}
              </p>
            )}
          </Part>
          <Part title="Whose handshake">
            <Concerned diagnosis={diagnosis} certificate={certificate} seen={seen} />
          </Part>
        </div>
      </div>
      <details className="mt-4 min-w-0">
        <summary className="cursor-pointer text-sm">
          {lines.length === 1 ? "The line" : `The ${lines.length} lines`}
          {seen.count > 1 && " of the last of them"}
        </summary>
        <div className="mt-2">
          <CodeBlock code={lines.map(harmless).join("\n")} label="log lines" maxLines={12} />
        </div>
      </details>
    </Card>
  );
}

function Part({ title, note, children }: { title: string; note?: string | undefined; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <div className="mb-2">
        <h3 className="font-medium">{title}</h3>
        {note !== undefined && <p className="text-muted text-sm">{note}</p>}
      </div>
      {children}
    </section>
  );
}

function Others({ candidates }: { candidates: DiagnosisFacts["candidates"] }) {
  return (
    <div className="mt-3">
      <p className="text-muted text-sm">Or, less likely:</p>
      <ul className="mt-1 flex flex-col gap-1">
        {candidates.map((cause) => (
          <li key={cause} className="max-w-prose">
            <span className="font-medium">{CAUSES[cause].title}.</span>{" "}
            <span className="text-muted">{CAUSES[cause].meaning}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What lies closer together is one moment to a reader. */
const MINUTE_MS = 60_000;

function Concerned({
  diagnosis,
  certificate,
  seen,
}: Pick<DiagnosisCardProps, "diagnosis" | "certificate" | "seen">) {
  const { client, direction } = diagnosis;
  return (
    <DescriptionList>
      {direction === "upstream" ? (
        <Description term="Direction">from the proxy to its upstream</Description>
      ) : (
        <Description term="Client">
          {client === null || client.name === "" ? (
            "not known from the lines"
          ) : client.id === null ? (
            <>
              {harmless(client.name)} <span className="text-muted">(none of ours)</span>
            </>
          ) : (
            <Link href={`/clients/${client.id}`} prefetch={false} className="text-link">
              {harmless(client.name)}
            </Link>
          )}
        </Description>
      )}
      <Description term="Certificate">
        {certificate === null ? "not said in the lines" : <CertificateWords certificate={certificate} />}
      </Description>
      <Description term="When">
        {seen.lastAt === null ? (
          "the lines have no time"
        ) : (
          <>
            <RelativeTime time={new Date(seen.lastAt)} show="both" />
            {seen.firstAt !== null && seen.lastAt - seen.firstAt >= MINUTE_MS && (
              <span className="text-muted">
                , first <RelativeTime time={new Date(seen.firstAt)} />
              </span>
            )}
          </>
        )}
      </Description>
      <Description term="Read as lines of">{softwareName(seen.proxy)}</Description>
    </DescriptionList>
  );
}
