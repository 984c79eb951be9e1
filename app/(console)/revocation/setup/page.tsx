import { Network } from "lucide-react";
import type { Metadata } from "next";
import { LoopbackNotice } from "#components/proxy/loopback-notice.tsx";
import { RevocationTabs } from "#components/revocation/revocation-tabs.tsx";
import { SetupConfiguration } from "#components/revocation/setup-configuration.tsx";
import { SetupFetching } from "#components/revocation/setup-fetching.tsx";
import { SetupForm } from "#components/revocation/setup-form.tsx";
import { SetupLimits } from "#components/revocation/setup-limits.tsx";
import { PageHeader } from "#components/shell/page-header.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Card } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { FETCH_SECONDS } from "#lib/access/proxy-configuration/fetch-commands.ts";
import { WITHOUT_REVOCATION } from "#lib/access/proxy-configuration/limits.ts";
import { PROXY_CHOICES } from "#lib/access/proxy-configuration/proxy-choices.ts";
import { PROXY_NAMES } from "#lib/access/proxy-configuration/proxy-setup.ts";
import { readSetupFields, type SetupFields } from "#lib/access/proxy-configuration/setup-fields.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { bundlesForClients, readSetup } from "./read-setup.ts";

export const metadata: Metadata = { title: "Setting up proxies" };

const CHOICES = Object.entries(PROXY_CHOICES).map(([value, { label }]) => ({ value, label }));

interface SetupPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The configuration with which a proxy refuses whoever was revoked, and what it cannot do. */
export default async function SetupPage({ searchParams }: SetupPageProps) {
  const actor = await requireActor();
  const bundles = await bundlesForClients(installation(), actor);
  const { fields, errors } = readSetupFields(await searchParams);
  if (!bundles.some(({ slug }) => slug === fields.bundle)) {
    errors.bundle = `There is no trust bundle ${fields.bundle}.`;
  }
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: "Revocation", href: "/revocation" }]}
        title="Setting up proxies"
        description="The configuration with which a proxy refuses revoked clients, with the addresses of this instance."
      />
      <RevocationTabs />
      {bundles.length === 0 ? (
        <Card>
          <EmptyState
            icon={<Network />}
            title="There is no authority yet"
            description="A proxy admits the clients of your authorities; make them first."
            action={
              isAllowed(actor, "authority:create") && <ButtonLink href="/setup">Finish the set-up</ButtonLink>
            }
          />
        </Card>
      ) : (
        <div className="flex flex-col gap-4">
          <SetupForm
            key={JSON.stringify(fields)}
            fields={fields}
            errors={errors}
            choices={CHOICES}
            bundles={bundles}
            asksByName={fields.choice === "nginx-ocsp"}
          />
          {Object.keys(errors).length === 0 ? (
            <Configuration fields={fields} />
          ) : (
            <Notice tone="warn" title="There is no configuration for this yet" announce>
              Put right what is marked above.
            </Notice>
          )}
        </div>
      )}
    </>
  );
}

async function Configuration({ fields }: { fields: SetupFields }) {
  const here = installation();
  const { configuration, commands, lacking } = await readSetup(here, fields);
  const { protocolUrl } = here.config;
  const name = PROXY_NAMES[configuration.proxy];
  const readsCrl = configuration.reload !== null;
  return (
    <>
      <LoopbackNotice url={protocolUrl} />
      {!readsCrl && protocolUrl.startsWith("https:") && (
        <Notice tone="warn" title="nginx asks OCSP responders by http only">
          COUNTERSIGN_PROTOCOL_URL is {protocolUrl}; nginx does not start with it.
        </Notice>
      )}
      {lacking !== null && (
        <Notice
          tone="critical"
          title="CRL checking must stay off for now"
          actions={
            <ButtonLink href="/revocation" size="sm">
              See the CRLs
            </ButtonLink>
          }
        >
          {lacking} {name} would refuse every client.
        </Notice>
      )}
      <SetupConfiguration
        proxy={name}
        parts={configuration.parts}
        check={configuration.check}
        explanation={configuration.explanation}
        openConnections={configuration.openConnections}
      />
      {readsCrl ? (
        <SetupFetching
          install={commands.install}
          systemd={commands.systemd}
          cron={commands.cron}
          loop={commands.loop}
          seconds={FETCH_SECONDS}
        />
      ) : (
        <Card title="Fetch the authorities" description="As root, and again when the trust bundle changes.">
          <CodeBlock code={commands.authorities} label="commands that fetch the authorities" />
        </Card>
      )}
      <SetupLimits proxy={name} limits={configuration.limits} without={WITHOUT_REVOCATION} />
    </>
  );
}
