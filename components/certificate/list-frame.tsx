"use client";

import { Keyboard } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { FilterBar } from "#components/certificate/filter-bar.tsx";
import type { Facets } from "#components/certificate/list-facets.ts";
import { useListKeys } from "#components/certificate/list-keys.ts";
import { ListKeysHelp } from "#components/certificate/list-keys-help.tsx";
import { ListBody, ListNavigation, ListPending } from "#components/certificate/list-navigation.tsx";
import { Card } from "#components/ui/card.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";

interface ListFrameProps {
  /** What the list shows, as its address has it, without the place where the page begins. */
  query: string;
  facets: Promise<Facets>;
  /** In UTC, as 2026-12-31. */
  today: string;
  /** The menu of saved views. */
  views: ReactNode;
  /** Above the list: how many certificates have each status. */
  strip: ReactNode;
  children: ReactNode;
}

/** What stands round the table: search, filters, views and keys. It stays while the table changes. */
export function ListFrame({ query, facets, today, views, strip, children }: ListFrameProps) {
  const list = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [helpOpen, setHelpOpen] = useState(false);
  const [help] = useState(() => () => setHelpOpen(true));
  useListKeys({ list, search, help });
  return (
    <ListNavigation query={query}>
      {strip}
      <Card padding="none">
        <FilterBar
          facets={facets}
          today={today}
          searchRef={search}
          actions={
            <>
              {views}
              <IconButton
                label="Keys of the list (?)"
                icon={<Keyboard aria-hidden />}
                onClick={help}
                className="pointer-coarse:hidden"
              />
            </>
          }
        />
        <ListPending />
        <div ref={list} className="border-line border-t">
          <ListBody>{children}</ListBody>
        </div>
      </Card>
      <ListKeysHelp open={helpOpen} onOpenChange={setHelpOpen} />
    </ListNavigation>
  );
}
