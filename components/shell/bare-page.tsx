import type { ReactNode } from "react";
import { Logo } from "#components/shell/logo.tsx";

/** A page outside the frame, when nobody knows yet who is looking. */
export function BarePage({ children }: { children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col">
      <div className="flex h-(--topbar-height) shrink-0 items-center px-4">
        <Logo />
      </div>
      {children}
    </main>
  );
}
