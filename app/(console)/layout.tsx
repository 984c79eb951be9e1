import type { ReactNode } from "react";
import { AppFrame } from "#components/shell/app-frame.tsx";
import { requireSession } from "#lib/web/session.ts";
import { ACCOUNT_LINKS, navigationFor } from "./navigation.ts";
import { signOut, stayOn } from "./session-actions.ts";
import { StaySignedIn } from "./stay-signed-in.tsx";

/** The frame. Each page and action asks for its actor itself: a layout is not run for every request. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { actor, user } = await requireSession();
  return (
    <AppFrame
      user={{ ...user, role: actor.role }}
      navigation={navigationFor(actor)}
      accountLinks={ACCOUNT_LINKS}
      signOut={signOut}
    >
      <StaySignedIn stayOn={stayOn} />
      {children}
    </AppFrame>
  );
}
