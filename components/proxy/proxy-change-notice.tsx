import type { ProxyDraft } from "#components/proxy/proxy-fields.tsx";
import { PROXY_KIND_NAMES } from "#components/proxy/proxy-words.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { HEADER_OF } from "#lib/access/proxy-configuration/access-setup.ts";

interface ProxyChangeNoticeProps {
  start: Pick<ProxyDraft, "kind">;
  draft: Pick<ProxyDraft, "kind">;
  /** In which header certificates are taken from it now. */
  header: string;
  /** Names of the services about which it may ask no more. */
  taken: readonly string[];
}

/** Says what a running proxy can do no more once it is saved; nothing when it goes on as before. */
export function ProxyChangeNotice({ start, draft, header, taken }: ProxyChangeNoticeProps) {
  const wanted = HEADER_OF[draft.kind];
  const losesHeader = start.kind !== draft.kind && wanted !== header;
  return (
    <>
      {losesHeader && (
        <Notice
          tone="warn"
          title="The running proxy lets nobody in until it has a new configuration"
          announce
        >
          {PROXY_KIND_NAMES[draft.kind]} passes certificates on in <code>{wanted}</code>. What comes in{" "}
          <code>{header}</code>, as now, is read no more: every request is answered 401. Save it, then put the
          new configuration in place at once.
        </Notice>
      )}
      {taken.length > 0 && (
        <Notice
          tone="warn"
          title={`It may not ask about ${taken.map(harmless).join(", ")} any more`}
          announce
        >
          Every request for {taken.length === 1 ? "it" : "them"} through this proxy is refused as soon as it
          is saved, unless it decides from a list.
        </Notice>
      )}
    </>
  );
}
