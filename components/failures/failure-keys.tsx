"use client";

import { type ReactNode, type RefObject, useCallback, useRef, useState } from "react";
import { LIST_KEYS, useListKeys } from "#components/certificate/list-keys.ts";
import { ListKeysHelp } from "#components/certificate/list-keys-help.tsx";

interface FailureKeysProps {
  /** Id of the field that / leads to. */
  searchId: string;
  children: ReactNode;
}

/** Nothing is selected in this list. */
const KEYS = LIST_KEYS.filter(({ does }) => !does.startsWith("select"));

/** Lets the list of failures be walked through by keys. */
export function FailureKeys({ searchId, children }: FailureKeysProps) {
  const list = useRef<HTMLDivElement>(null);
  // The field is a server's; it is looked for when the key is pressed.
  const [search] = useState<RefObject<HTMLInputElement | null>>(() => ({
    get current() {
      const found = document.getElementById(searchId);
      return found instanceof HTMLInputElement ? found : null;
    },
  }));
  const [isHelping, setIsHelping] = useState(false);
  useListKeys({ list, search, help: useCallback(() => setIsHelping(true), []) });
  return (
    <div ref={list}>
      {children}
      <ListKeysHelp keys={KEYS} open={isHelping} onOpenChange={setIsHelping} />
    </div>
  );
}
