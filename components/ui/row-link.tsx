"use client";

import Link, { useLinkStatus } from "next/link";
import type { ComponentProps } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { Spinner } from "#components/ui/spinner.tsx";

/** The name of a row's subject, and a link that covers the row. One in each row. */
export function RowLink({ className, children, ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link
      prefetch={false}
      {...rest}
      data-row-link=""
      className={classNames(
        "block max-w-96 whitespace-normal break-words font-medium text-ink max-sm:font-semibold max-sm:text-base after:absolute after:inset-0 hover:underline focus-visible:outline-none",
        "focus-visible:after:rounded-sm focus-visible:after:outline-2 focus-visible:after:outline-focus focus-visible:after:-outline-offset-2",
        className,
      )}
    >
      {children}
      <PendingMark />
    </Link>
  );
}

function PendingMark() {
  return useLinkStatus().pending ? <Spinner className="ml-1.5 inline size-3" /> : null;
}
