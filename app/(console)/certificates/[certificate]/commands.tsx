import { checkCommands } from "#components/certificate/check-commands.ts";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { fileStem } from "#lib/authority/certificate-download.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import type { ChainLink } from "./chain.ts";

interface CommandsProps {
  certificate: CertificateDetail;
  chain: readonly ChainLink[];
  /** Where relying parties reach the protocol plane. */
  protocolUrl: string;
}

/** How to check it and put it to use with nothing of ours. */
export function Commands({ certificate, chain, protocolUrl }: CommandsProps) {
  const { parsed, issuer } = certificate;
  if (parsed.isCa || issuer === null) return null;
  const commands = checkCommands({
    fileStem: fileStem(certificate.displayName),
    trustUrl: `${protocolUrl}/trust/${issuer.slug}.pem`,
    usages: (["server", "client"] as const).filter((usage) =>
      parsed.extendedKeyUsage?.includes(`${usage}Auth`),
    ),
    serverName: parsed.names.find(isPlainHost)?.value ?? null,
    intermediates: chain.filter((link) => !link.isRoot).length,
  });
  return (
    <Card
      title="Check it and use it"
      description="Nothing here needs this console: download the files, then copy."
    >
      <div className="grid gap-x-6 gap-y-5 xl:grid-cols-2">
        {commands.map((command) => (
          <div key={command.title} className="min-w-0">
            <p className="mb-1.5">{command.purpose}</p>
            <CodeBlock title={command.title} label={`commands for ${command.title}`} code={command.code} />
          </div>
        ))}
      </div>
    </Card>
  );
}

/** Only such a name may stand in a command line unquoted: imported certificates may carry anything. */
function isPlainHost(name: { type: string; value: string }): boolean {
  return name.type === "dns" && /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(name.value);
}
