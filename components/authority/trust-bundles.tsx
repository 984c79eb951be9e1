import {
  curlAsClient,
  curlTrustsServers,
  fetchBundle,
  nginxDemandsClients,
  nginxTrustsServers,
} from "#components/authority/trust-snippets.ts";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Copyable } from "#components/ui/copyable.tsx";

interface TrustBundlesProps {
  /** Where relying parties reach the protocol plane's http port. */
  base: string;
  /** For which there is a bundle. */
  purposes: ReadonlySet<"server" | "client">;
}

/** What relying parties load: all authorities of one purpose, up to their roots, in one file. */
export function TrustBundles({ base, purposes }: TrustBundlesProps) {
  const clients = `${base}/trust/clients.pem`;
  const servers = `${base}/trust/servers.pem`;
  return (
    <Card
      title="Trust bundles"
      description="Relying parties fetch one of these without a token. A bundle holds every authority that issues for its purpose and the roots above, so it changes when one is created: fetch it again then. A retired one stays until it ends, because what it issued stays valid."
    >
      <div className="grid gap-6 xl:grid-cols-2">
        {purposes.has("client") && (
          <Bundle
            title="To demand client certificates"
            url={clients}
            snippets={[
              ["Fetch it", fetchBundle(clients)],
              ["nginx", nginxDemandsClients(clients)],
              ["A client calls", curlAsClient()],
            ]}
          />
        )}
        {purposes.has("server") && (
          <Bundle
            title="To trust our servers"
            url={servers}
            snippets={[
              ["Fetch it", fetchBundle(servers)],
              ["nginx in front of an upstream", nginxTrustsServers(servers)],
              ["curl", curlTrustsServers(servers)],
            ]}
          />
        )}
      </div>
    </Card>
  );
}

interface BundleProps {
  title: string;
  url: string;
  snippets: [title: string, code: string][];
}

function Bundle({ title, url, snippets }: BundleProps) {
  return (
    <section className="flex min-w-0 flex-col gap-2.5">
      <h3 className="font-medium">{title}</h3>
      <Copyable text={url} label="address of the bundle" />
      {snippets.map(([name, code]) => (
        <CodeBlock key={name} title={name} code={code} label={name} />
      ))}
    </section>
  );
}
