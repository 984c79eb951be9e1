import { CircleCheck } from "lucide-react";
import type { AttentionItem } from "#components/home/attention-item.ts";
import { AttentionList } from "#components/home/attention-list.tsx";
import { CheckAgain } from "#components/home/check-again.tsx";
import { AbsoluteTime } from "#components/ui/absolute-time.tsx";
import { Card } from "#components/ui/card.tsx";

/** The first thing to see: what needs a person, or that nothing does, and when that was checked. */
export function AttentionPanel({ items, checkedAt }: { items: readonly AttentionItem[]; checkedAt: Date }) {
  const checked = (
    <span className="text-muted text-sm">
      Checked <AbsoluteTime time={checkedAt} />
    </span>
  );
  if (items.length === 0) {
    return (
      <Card>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <CircleCheck aria-hidden className="size-8 shrink-0 text-ok" />
          <div className="min-w-0 flex-1 basis-64">
            <h2 className="font-semibold text-xl">All clear</h2>
            <p className="text-muted">
              Failed handshakes, authorities, our own certificates, CRLs and OCSP, renewals, holds, the master
              key and your account: nothing needs a person.
            </p>
          </div>
          <div className="flex flex-wrap items-center gap-3">
            {checked}
            <CheckAgain />
          </div>
        </div>
      </Card>
    );
  }
  return (
    <section aria-label="Needs a person">
      <Card
        title="Needs a person"
        description={summary(items)}
        padding="none"
        actions={
          <>
            {checked}
            <CheckAgain />
          </>
        }
      >
        <AttentionList items={items} />
      </Card>
    </section>
  );
}

function summary(items: readonly AttentionItem[]): string {
  const count = (tone: AttentionItem["tone"]) => items.filter((item) => item.tone === tone).length;
  const parts = [
    [count("critical"), "urgent"],
    [count("warn"), "soon"],
    [count("info"), "to know"],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(" · ");
}
