import type { ReactNode } from "react";
import { DiagnosisEvidence } from "#components/failures/diagnosis-evidence.tsx";
import { ACTING_WORDS, candidatesWords } from "#components/failures/failure-words.ts";
import { softwareName } from "#components/failures/software-names.ts";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { CAUSES, type Cause } from "#lib/handshake/causes.ts";
import type { Certainty } from "#lib/handshake/diagnosis.ts";
import type { ShownFailure } from "#lib/handshake/failure-read.ts";

interface FailureDiagnosisProps {
  failure: Pick<ShownFailure, "cause" | "certainty" | "candidates" | "diagnosis">;
  /** What mends it. */
  remedy: ReactNode;
  /** Who is said to look after the client; empty when nobody is. */
  owner: string;
  /** Other open failures that what is done here may mend. */
  others: ReactNode;
}

/** What to do first, then why that is so: the diagnosis of the last event. */
export function FailureDiagnosis({ failure, remedy, owner, others }: FailureDiagnosisProps) {
  const { cause, certainty, candidates, diagnosis } = failure;
  const { acts } = CAUSES[cause];
  const missing = diagnosis?.missingDirective ?? null;
  return (
    <>
      <Card
        title="What to do"
        description={
          acts === "nobody"
            ? undefined
            : `${ACTING_WORDS[acts]} can mend it${acts === "client" && owner !== "" ? `: ${harmless(owner)}` : ""}.`
        }
      >
        {remedy}
        {others}
      </Card>
      <Card title="Why" description={CAUSES[cause].meaning}>
        <div className="flex flex-col gap-4">
          {certainty !== "certain" && <Candidates certainty={certainty} candidates={candidates} />}
          <section>
            <h3 className="mb-1 font-medium">What speaks for it</h3>
            <DiagnosisEvidence evidence={diagnosis?.evidence ?? []} />
          </section>
          {diagnosis?.question != null && (
            <section>
              <h3 className="font-medium">What would tell</h3>
              <p className="max-w-prose">{harmless(diagnosis.question)}</p>
            </section>
          )}
          {missing !== null && (
            <section>
              <h3 className="mb-1 font-medium">{softwareName(missing.proxy)} would have said more with</h3>
              <CodeBlock code={missing.directive} label="directive" maxLines={10} />
              <p className="mt-1 max-w-prose text-muted text-sm">{missing.explanation}</p>
            </section>
          )}
        </div>
      </Card>
    </>
  );
}

function Candidates({ certainty, candidates }: { certainty: Certainty; candidates: readonly Cause[] }) {
  return (
    <section>
      <h3 className="font-medium">{candidatesWords(certainty, candidates.length)}</h3>
      <ol className="mt-1 flex list-decimal flex-col gap-1 pl-5">
        {candidates.map((each) => (
          <li key={each} className="max-w-prose">
            <span className="font-medium">{CAUSES[each].title}.</span>{" "}
            <span className="text-muted">{CAUSES[each].meaning}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
