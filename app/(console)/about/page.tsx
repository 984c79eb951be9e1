import type { Metadata } from "next";
import { PageHeader } from "#components/shell/page-header.tsx";
import { AbsoluteTime } from "#components/ui/absolute-time.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { masterKeyCare } from "#lib/authority/master-key-backup.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import manifest from "../../../package.json" with { type: "json" };

export const metadata: Metadata = { title: "About" };

const MASTER_KEY_ORIGINS = {
  environment: "from COUNTERSIGN_MASTER_KEY, handed over by the environment",
  file: "from the file that COUNTERSIGN_MASTER_KEY_FILE names",
  made: "from the file master.key in the data folder, made by Countersign at the first start",
} as const;

/** What runs here and where it is reached; for a question to a colleague, or a note in the wiki. */
export default async function AboutPage() {
  const actor = await requireActor();
  const here = installation();
  const { config } = here;
  const care = await masterKeyCare(here, actor);
  const rest = new URL(config.protocolUrl);
  rest.protocol = "https:";
  rest.port = String(config.protocol.httpsPort);
  return (
    <>
      <PageHeader title="About" description="What runs here, and where it is reached." />
      <div className="flex max-w-4xl flex-col gap-5">
        <Card title="Addresses">
          <DescriptionList>
            <Description term="Console">
              <Copyable plain text={config.publicUrl} label="address of the console" />
            </Description>
            <Description term="Protocol plane, http">
              <Copyable plain text={config.protocolUrl} label="address of the protocol plane" />
              <span className="block text-muted text-sm">
                Issuer certificates, trust bundles, health and metrics, without a token.
              </span>
            </Description>
            <Description term="Protocol plane, https">
              <Copyable plain text={rest.origin} label="address of the REST API" />
              <span className="block text-muted text-sm">
                The REST API, with an API token. Read it in the{" "}
                <a href={`${rest.origin}/v1/`} className="text-link">
                  reference
                </a>{" "}
                or as{" "}
                <a href={`${rest.origin}/v1/openapi.json`} className="text-link">
                  OpenAPI document
                </a>
                ; a browser that does not trust our root warns first.
              </span>
            </Description>
          </DescriptionList>
        </Card>
        <Card title="Installation">
          <DescriptionList>
            <Description term="Version">Countersign {manifest.version}</Description>
            <Description term="Database">
              {config.database.provider === "sqlite" ? "SQLite, one file" : "PostgreSQL"}
            </Description>
            {isAllowed(actor, "authority:create") && (
              <Description term="Data folder">
                <Copyable text={config.dataFolder} label="path of the data folder" />
              </Description>
            )}
            <Description term="Master key">
              {MASTER_KEY_ORIGINS[care.origin]}
              {care.backup !== null && (
                <span className="block text-muted text-sm">
                  {care.backup.by} noted a copy at <AbsoluteTime time={care.backup.at} />.
                </span>
              )}
            </Description>
            <Description term="Runtime">Node {process.versions.node}</Description>
          </DescriptionList>
        </Card>
      </div>
    </>
  );
}
