import { findingWords } from "#components/failures/log-words.ts";
import { softwareName } from "#components/failures/software-names.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { LogFinding } from "#lib/handshake/log-findings.ts";

/** What is to be mended about a proxy's log, each with what mends it. */
export function LogFindings({ findings }: { findings: readonly LogFinding[] }) {
  return findings.map((finding) => {
    const { tone, meaning } = findingWords(finding);
    return (
      <Notice key={finding.kind} tone={tone} title={meaning}>
        <More finding={finding} />
      </Notice>
    );
  });
}

function More({ finding }: { finding: LogFinding }) {
  switch (finding.kind) {
    case "never":
      return "Set what is recommended below, and send the log in one of the ways that stand there.";
    case "misfit":
      return (
        <>
          Noticed <RelativeTime time={finding.at} />.
        </>
      );
    case "hidden": {
      const { proxy, directive, explanation } = finding.missing;
      return (
        <div className="mt-1 flex min-w-0 flex-col gap-2">
          <CodeBlock code={directive} title={`For ${softwareName(proxy)}`} label="directive" maxLines={12} />
          <p className="max-w-prose">
            {explanation} The last such handshake was told of <RelativeTime time={finding.at} />.
          </p>
        </div>
      );
    }
    case "silent":
      return (
        <>
          The last came <RelativeTime time={finding.since} show="both" />.
        </>
      );
    default:
      return null;
  }
}
