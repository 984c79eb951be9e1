import Link from "next/link";
import type { AttentionItem } from "#components/home/attention-item.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { TONES } from "#components/ui/tone.ts";

const TONE_WORDS = { critical: "Urgent", warn: "Soon", info: "To know" } as const;

/** What needs a person, each with the way to mend it. */
export function AttentionList({ items }: { items: readonly AttentionItem[] }) {
  return (
    <ul className="divide-y divide-line">
      {items.map((item) => {
        const look = TONES[item.tone];
        const Icon = look.icon;
        return (
          <li key={item.id} className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
            <Icon aria-hidden className={classNames("mt-0.5 size-5 shrink-0", look.text)} />
            <div className="min-w-0 flex-1 basis-64">
              <p className="break-words font-medium">
                <span className="sr-only">{TONE_WORDS[item.tone]}: </span>
                {item.title}
              </p>
              <p className="max-w-prose text-muted">{item.detail}</p>
              {item.things.length > 0 && (
                <ul className="mt-1 flex flex-col gap-0.5">
                  {item.things.map((thing) => (
                    <li key={thing.id} className="break-words text-sm">
                      <Link href={thing.href} prefetch={false} className="text-link">
                        {thing.label}
                      </Link>{" "}
                      <span className="text-muted">
                        <RelativeTime time={thing.at} />
                      </span>
                    </li>
                  ))}
                </ul>
              )}
            </div>
            {item.fix !== null && (
              <ButtonLink href={item.fix.href} size="sm" className="max-sm:ml-9">
                {item.fix.label}
              </ButtonLink>
            )}
          </li>
        );
      })}
    </ul>
  );
}
