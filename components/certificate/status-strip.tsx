"use client";

import { statusTone, statusWord } from "#components/certificate/certificate-state.ts";
import { listHref, toggled, withParameters } from "#components/certificate/list-address.ts";
import { ListLink, useListNavigation } from "#components/certificate/list-navigation.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { TONES } from "#components/ui/tone.ts";
import type { CertificateStatus } from "#lib/inventory/certificate-status.ts";

/** What somebody who is woken at night looks for first. */
export const STRIP_ORDER: readonly CertificateStatus[] = [
  "expired",
  "due",
  "held",
  "not-yet-valid",
  "valid",
  "superseded",
  "revoked",
];

interface StatusStripProps {
  /** How many of the whole inventory, in words; absent while they are counted. */
  counts?: Partial<Record<CertificateStatus, string>>;
}

/** How many certificates have each status; each leads to them. */
export function StatusStrip({ counts }: StatusStripProps) {
  const { wanted } = useListNavigation();
  const present = new URLSearchParams(wanted).getAll("status");
  return (
    <ul aria-label="Certificates by status" className="mb-3 flex flex-wrap gap-2">
      {STRIP_ORDER.map((status) => {
        const count = counts?.[status];
        const look = TONES[count === "0" ? "neutral" : statusTone(status)];
        const Icon = look.icon;
        const isOnly = present.length === 1 && present[0] === status;
        return (
          <li key={status}>
            <ListLink
              href={listHref(isOnly ? toggled(wanted, "status", status) : withParameters(wanted, { status }))}
              aria-current={isOnly ? "true" : undefined}
              className={classNames(
                "inline-flex min-h-8 items-center gap-1.5 rounded-md border bg-surface px-2.5 hover:bg-sunken pointer-coarse:min-h-10",
                isOnly ? "border-accent" : "border-line",
              )}
            >
              <Icon aria-hidden className={classNames("size-4 shrink-0", look.text)} />
              <span className="font-semibold">{count ?? "…"}</span>
              <span className="text-muted">{statusWord(status)}</span>
            </ListLink>
          </li>
        );
      })}
    </ul>
  );
}
