"use client";

import type { ReactNode } from "react";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Secret } from "#components/ui/secret.tsx";

interface OneTimeLinkProps {
  url: string;
  expiresAt: Date;
  /** What to do with it. */
  children: ReactNode;
}

/** A link that lets one person in. */
export function OneTimeLink({ url, expiresAt, children }: OneTimeLinkProps) {
  return (
    <Secret value={url} label="link">
      {children} Whoever opens it chooses the password. It works once and ends{" "}
      <RelativeTime time={expiresAt} />.
    </Secret>
  );
}
