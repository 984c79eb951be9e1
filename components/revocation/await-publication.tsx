"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Spinner } from "#components/ui/spinner.tsx";

const ASK_EVERY_MS = 2_000;
/** What takes longer is not a matter of seconds: the screen Revocation tells why. */
const ASKED_MAX = 30;

/** Looks again until the next CRL is published and the page does not show this any more. */
export function AwaitPublication() {
  const router = useRouter();
  useEffect(() => {
    let asked = 0;
    const timer = setInterval(() => {
      asked += 1;
      if (asked >= ASKED_MAX) clearInterval(timer);
      // Nobody looks at a page in the background.
      if (!document.hidden) router.refresh();
    }, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [router]);
  return <Spinner className="ml-1.5 inline size-3.5" />;
}
