"use client";

import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Notice } from "#components/ui/notice.tsx";

/** The codes, in the one moment when they can be seen. */
export function BackupCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      <Notice tone="warn" title="Keep these codes now">
        They are shown once. Each signs you in once in place of the app: keep them where the telephone is not.
      </Notice>
      <CodeBlock code={codes.join("\n")} label="backup codes" />
      <div>
        <Button variant="primary" onClick={onKept}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}
