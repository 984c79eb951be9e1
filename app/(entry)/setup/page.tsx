import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { EntryCard } from "#components/shell/entry-card.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Steps } from "#components/ui/steps.tsx";
import { hasAuthorities } from "#lib/authority/founding.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { organisationName } from "#lib/identity/setup.ts";
import { isSetUp } from "#lib/identity/setup-state.ts";
import { installation } from "#lib/installation.ts";
import { requireActor } from "#lib/web/session.ts";
import { AdminStep } from "./admin-step.tsx";
import { AuthoritiesStep } from "./authorities-step.tsx";
import { DoneStep } from "./done-step.tsx";

export const metadata: Metadata = { title: "Set-up" };

const STEPS = ["First admin", "Authorities", "Ready"];

interface SetupPageProps {
  searchParams: Promise<{ done?: string }>;
}

/** Goes on where set-up stopped: which step it is, is read from what exists. */
export default async function SetupPage({ searchParams }: SetupPageProps) {
  const here = installation();
  if (!(await isSetUp(here))) {
    return (
      <EntryCard
        width="wide"
        title="Set up Countersign"
        description="You will be the first admin; others are invited later."
      >
        <Progress current={0} />
        <AdminStep />
      </EntryCard>
    );
  }
  const actor = await requireActor();
  if (await hasAuthorities(here)) {
    if ((await searchParams).done === undefined) redirect("/");
    return (
      <EntryCard width="wide" title="Countersign is ready">
        <Progress current={STEPS.length} />
        <DoneStep keyOrigin={here.masterKey.origin} keySetting={here.config.masterKey} />
      </EntryCard>
    );
  }
  return (
    <EntryCard
      width="wide"
      title="Create the authorities"
      description="A root that signs only other authorities, and intermediates that issue: servers and clients apart, so that a certificate of the one kind is never taken for the other."
    >
      <Progress current={1} />
      {isAllowed(actor, "authority:create") ? (
        <AuthoritiesStep organisation={(await organisationName(here)) ?? ""} />
      ) : (
        <Notice tone="info" title="An admin must finish the set-up">
          You are signed in as {actor.name}, who may not create authorities.
        </Notice>
      )}
    </EntryCard>
  );
}

function Progress({ current }: { current: number }) {
  return (
    <div className="mb-5">
      <Steps label="Set-up" steps={STEPS} current={current} />
    </div>
  );
}
