import { curlTrustsServers, fetchBundle, nginxDemandsClients } from "#components/authority/trust-snippets.ts";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";

interface PublishedAddressesProps {
  /** Where relying parties reach the protocol plane's http port. */
  base: string;
  slug: string;
  purposes: readonly ("server" | "client")[];
}

/** Where relying parties fetch this authority without a token, and what they do with it. */
export function PublishedAddresses({ base, slug, purposes }: PublishedAddressesProps) {
  const bundle = `${base}/trust/${slug}.pem`;
  return (
    <Card title="For relying parties" description="Published without a token on the protocol plane.">
      <div className="grid gap-6 xl:grid-cols-2">
        <DescriptionList>
          <Description term="Certificate, DER">
            <Copyable text={`${base}/ca/${slug}.crt`} label="address" />
          </Description>
          <Description term="Certificate, PEM">
            <Copyable text={`${base}/ca/${slug}.pem`} label="address" />
          </Description>
          <Description term="Trust bundle of it alone">
            <Copyable text={bundle} label="address" />
          </Description>
          <Description term="CRL, DER">
            <Copyable text={`${base}/crl/${slug}.crl`} label="address" />
          </Description>
          <Description term="CRLs of it and all above, PEM">
            <Copyable text={`${base}/crl/${slug}.pem`} label="address" />
          </Description>
          <Description term="OCSP">
            <Copyable text={`${base}/ocsp`} label="address" />
          </Description>
        </DescriptionList>
        <div className="flex min-w-0 flex-col gap-2.5">
          <CodeBlock title="Fetch the bundle" code={fetchBundle(bundle)} label="command" />
          {purposes.includes("client") && (
            <CodeBlock
              title="nginx: only clients of this authority"
              code={nginxDemandsClients(bundle)}
              label="configuration"
            />
          )}
          {purposes.includes("server") && (
            <CodeBlock
              title="curl: only servers of this authority"
              code={curlTrustsServers(bundle)}
              label="command"
            />
          )}
        </div>
      </div>
    </Card>
  );
}
