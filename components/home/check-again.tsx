"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "#components/ui/button.tsx";

/** Looks at everything anew. */
export function CheckAgain() {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  return (
    <Button
      size="sm"
      pending={pending}
      icon={<RefreshCw aria-hidden />}
      onClick={() => startTransition(() => router.refresh())}
    >
      Check again
    </Button>
  );
}
