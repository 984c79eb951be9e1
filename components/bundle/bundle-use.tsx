import {
  curlTrustsServers,
  fetchBundle,
  nginxDemandsClients,
  nginxTrustsServers,
} from "#components/authority/trust-snippets.ts";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Copyable } from "#components/ui/copyable.tsx";

/** How relying parties load a bundle. @param url where it is published */
export function BundleUse({ url, purposes }: { url: string; purposes: ReadonlySet<"server" | "client"> }) {
  return (
    <Card title="Use it" description="Anybody may fetch it without a token; it holds certificates only.">
      <div className="flex min-w-0 flex-col gap-2.5">
        <Copyable text={url} label="address of the bundle" />
        <CodeBlock title="Fetch it" code={fetchBundle(url)} label="command that fetches it" />
        {purposes.has("client") && (
          <CodeBlock
            title="nginx: only clients of this bundle"
            code={nginxDemandsClients(url)}
            label="nginx configuration for clients"
          />
        )}
        {purposes.has("server") && (
          <>
            <CodeBlock
              title="nginx: upstream servers of this bundle"
              code={nginxTrustsServers(url)}
              label="nginx configuration for upstream servers"
            />
            <CodeBlock title="curl" code={curlTrustsServers(url)} label="curl command" />
          </>
        )}
      </div>
    </Card>
  );
}
