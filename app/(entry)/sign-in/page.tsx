import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { EntryCard } from "#components/shell/entry-card.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { isSetUp } from "#lib/identity/setup-state.ts";
import { installation } from "#lib/installation.ts";
import { localPath } from "#lib/web/local-path.ts";
import { currentActor } from "#lib/web/session.ts";
import { SignIn } from "./sign-in.tsx";

export const metadata: Metadata = { title: "Sign in" };

interface SignInPageProps {
  searchParams: Promise<{ next?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { next } = await searchParams;
  if ((await currentActor()) !== null) redirect(localPath(next));
  const here = installation();
  if (!(await isSetUp(here))) {
    return (
      <EntryCard title="Countersign is not set up yet">
        <Notice tone="info" title="Open the set-up link">
          The server printed a link when it started: it creates the first admin. Look at its output, or start
          it again to see the link once more.
        </Notice>
      </EntryCard>
    );
  }
  return <SignIn next={localPath(next)} origin={new URL(here.config.publicUrl).origin} />;
}
