import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Config } from "#lib/config.ts";
import type { MasterKey } from "#lib/master-key.ts";

interface DoneStepProps {
  keyOrigin: MasterKey["origin"];
  keySetting: Config["masterKey"];
}

/** What exists now, what to keep safe, and where to go on. */
export function DoneStep({ keyOrigin, keySetting }: DoneStepProps) {
  return (
    <div className="flex flex-col gap-4">
      <p>
        Your root and its intermediates exist, with profiles for servers, clients and workloads that are both.
        The next step is a certificate.
      </p>
      {keyOrigin === "made" && "file" in keySetting && (
        <Notice tone="warn" title="Keep a copy of the master key">
          It stands in the file <code className="break-all font-mono">{keySetting.file}</code>. A backup of
          the database cannot be used without it, and whoever has both has your private keys: keep the copy
          elsewhere.
        </Notice>
      )}
      <div className="flex flex-wrap gap-2">
        <ButtonLink href="/certificates/new" variant="primary">
          Issue the first certificate
        </ButtonLink>
        <ButtonLink href="/settings/account">Add a passkey or codes from an app</ButtonLink>
        <ButtonLink href="/">Go to the start page</ButtonLink>
      </div>
    </div>
  );
}
