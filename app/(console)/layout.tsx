import type { ReactNode } from "react";
import { AppFrame } from "#components/shell/app-frame.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { hasAuthorities } from "#lib/authority/founding.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { requireSession } from "#lib/web/session.ts";
import { authorityPaletteItems } from "./authorities/palette-items.ts";
import { findForPalette } from "./certificates/find.ts";
import { certificatePaletteItems } from "./certificates/palette-items.ts";
import { failurePaletteItems } from "./failures/palette-items.ts";
import { ACCOUNT_LINKS, navigationAlarms, navigationFor } from "./navigation.ts";
import { accessPaletteItems } from "./services/palette-items.ts";
import { signOut, stayOn } from "./session-actions.ts";
import { StaySignedIn } from "./stay-signed-in.tsx";

/** The frame. Each page and action asks for its actor itself: a layout is not run for every request. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { actor, user } = await requireSession();
  const [alarms, isFounded] = await Promise.all([
    navigationAlarms(installation()),
    hasAuthorities(installation()),
  ]);
  const isUnfinished = isAllowed(actor, "authority:create") && !isFounded;
  return (
    <AppFrame
      user={{ ...user, role: actor.role }}
      navigation={navigationFor(actor, alarms)}
      accountLinks={ACCOUNT_LINKS}
      signOut={signOut}
      paletteItems={[
        ...failurePaletteItems(actor),
        ...accessPaletteItems(actor),
        ...certificatePaletteItems(actor),
        ...authorityPaletteItems(actor),
      ]}
      search={findForPalette}
      banner={isUnfinished && <UnfinishedSetup />}
    >
      <StaySignedIn stayOn={stayOn} />
      {children}
    </AppFrame>
  );
}

function UnfinishedSetup() {
  return (
    <div className="px-4 pt-4 md:px-6">
      <Notice
        tone="warn"
        title="Set-up is not finished"
        actions={
          <ButtonLink href="/setup" size="sm">
            Finish the set-up
          </ButtonLink>
        }
      >
        There are no authorities yet, so no certificate can be issued.
      </Notice>
    </div>
  );
}
