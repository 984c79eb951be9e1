"use client";

import { useEffect, useRef } from "react";
import type { Difference } from "#components/profile/rules-difference.ts";
import { TOPIC_TITLES } from "#components/profile/rules-in-words.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";

const TITLES: Record<Difference["topic"], string> = {
  ...TOPIC_TITLES,
  name: "Name",
  description: "Description",
  authority: "Authority",
};

interface OvertakenNoticeProps {
  /** Who was faster. */
  message: string;
  differences: readonly Difference[];
  onTakeTheirs: () => void;
}

/** Somebody saved first: where their state and what is typed differ, and the two ways on. */
export function OvertakenNotice({ message, differences, onTakeTheirs }: OvertakenNoticeProps) {
  const box = useRef<HTMLDivElement>(null);
  // The button that was pressed may be a screen further down.
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} tabIndex={-1} className="rounded-md">
      <Notice
        tone="warn"
        title={message}
        announce
        actions={
          <Button size="sm" onClick={onTakeTheirs}>
            Take the saved state instead
          </Button>
        }
      >
        {differences.length === 0 ? (
          <p>What you typed is what is saved now.</p>
        ) : (
          <>
            <p>Nothing of yours is lost, and nothing is saved yet. Where you differ:</p>
            <dl className="mt-2 flex flex-col gap-2">
              {differences.map(({ topic, theirs, mine }) => (
                <div key={topic}>
                  <dt className="font-medium">{TITLES[topic]}</dt>
                  <dd>
                    <span className="text-muted">Saved now:</span> {theirs || "empty"}
                  </dd>
                  <dd>
                    <span className="text-muted">Yours:</span> {mine || "empty"}
                  </dd>
                </div>
              ))}
            </dl>
            <p className="mt-2">Save again to put yours in its place.</p>
          </>
        )}
      </Notice>
    </div>
  );
}
