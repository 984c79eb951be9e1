"use client";

import { Link2 } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { toast } from "#components/ui/toast-store.ts";

/** Copies the address of a page, for the chat of an incident. @param path from the root */
export function ShareLink({ path }: { path: string }) {
  const copy = async () => {
    const address = new URL(path, location.origin).href;
    try {
      // Absent on plain http from another machine.
      await navigator.clipboard.writeText(address);
      toast("ok", "Copied the link", "Whoever is signed in sees the same failure.");
    } catch {
      toast("warn", "This browser did not let us copy the link", address);
    }
  };
  return (
    <Button icon={<Link2 aria-hidden />} onClick={copy}>
      Copy link
    </Button>
  );
}
