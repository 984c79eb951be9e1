import { DiagnosisCard } from "#components/failures/diagnosis-card.tsx";
import { countWords, endWords } from "#components/failures/paste-words.ts";
import type { PasteAnswer } from "#components/failures/pasted-diagnosis.ts";
import { Remedy, type RemedyActions } from "#components/failures/remedy.tsx";
import { SOFTWARE_NAMES, softwareName } from "#components/failures/software-names.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";

interface PasteResultProps {
  answer: PasteAnswer;
  /** As whose lines they were read. */
  proxy: string;
  actions: RemedyActions;
}

/** What lines told: how much of them was understood, and each way in which handshakes failed. */
export function PasteResult({ answer, proxy, actions }: PasteResultProps) {
  const { diagnoses, left, misfit } = answer;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Counts answer={answer} />
      {misfit !== null && (
        <Notice tone="warn" title={`These are lines of ${softwareName(misfit)}`}>
          {Object.hasOwn(SOFTWARE_NAMES, proxy)
            ? `You chose ${softwareName(proxy)}; they were read as what they are.`
            : "The proxy that you chose is set up as another software; they were read as what they are."}
        </Notice>
      )}
      {diagnoses.map((each, place) => (
        <DiagnosisCard
          // biome-ignore lint/suspicious/noArrayIndexKey: another answer has other diagnoses, and none is moved.
          key={place}
          diagnosis={each.diagnosis}
          certificate={each.certificate}
          seen={each}
          lines={each.lines}
          remedy={<Remedy facts={each.remedy} actions={actions} isStored={false} />}
        />
      ))}
      {left > 0 && (
        <Notice tone="info" title={`Handshakes failed in ${left.toLocaleString("en")} more ways`}>
          They are not told here. Paste their lines alone, or let the proxy send its log.
        </Notice>
      )}
      <NotUnderstood answer={answer} />
    </div>
  );
}

function Counts({ answer: { counts, cut, ...ends } }: { answer: PasteAnswer }) {
  const { taken, matched, ignored, notUnderstood } = counts;
  const facts = [
    `${countWords(taken, "line")} read`,
    `${matched.toLocaleString("en")} of handshakes`,
    ...(ignored > 0 ? [`${ignored.toLocaleString("en")} of other things`] : []),
    ...(notUnderstood > 0 ? [`${notUnderstood.toLocaleString("en")} not understood`] : []),
    ...(cut > 0 ? [`${countWords(cut, "line")} cut off, being too long`] : []),
  ];
  const tone = ends.failed > 0 ? "info" : ends.succeeded > 0 ? "ok" : "neutral";
  return (
    <Notice tone={tone} title={endWords(ends)} announce>
      {facts.join(", ")}. Nothing of it is stored.
    </Notice>
  );
}

function NotUnderstood({ answer: { counts, notUnderstood } }: { answer: PasteAnswer }) {
  if (notUnderstood.length === 0) return null;
  const isAll = notUnderstood.length === counts.notUnderstood;
  return (
    <section className="min-w-0">
      <h2 className="font-semibold text-lg">Not understood</h2>
      <p className="mb-2 max-w-prose text-muted text-sm">
        No proxy that is known here writes such lines, or they were cut off on the way.
        {!isAll && ` The first ${notUnderstood.length} of ${counts.notUnderstood.toLocaleString("en")}.`}
      </p>
      <CodeBlock
        code={notUnderstood.map(harmless).join("\n")}
        label="lines that were not understood"
        maxLines={12}
      />
    </section>
  );
}
