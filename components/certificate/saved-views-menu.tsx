"use client";

import { Bookmark, Check, Pencil, Plus, Users } from "lucide-react";
import { useState } from "react";
import { isSameList, listHref } from "#components/certificate/list-address.ts";
import { useListNavigation } from "#components/certificate/list-navigation.tsx";
import { ManageViewsDialog } from "#components/certificate/manage-views-dialog.tsx";
import { SaveViewDialog } from "#components/certificate/save-view-dialog.tsx";
import type { ViewActions, ViewFacts } from "#components/certificate/view-facts.ts";
import { Button } from "#components/ui/button.tsx";
import {
  DropdownMenu,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
} from "#components/ui/dropdown-menu.tsx";

interface SavedViewsMenuProps {
  views: readonly ViewFacts[];
  actions: ViewActions;
  mayShare: boolean;
}

/** Filters that somebody gave a name: one's own, then those that everybody sees. */
export function SavedViewsMenu({ views, actions, mayShare }: SavedViewsMenuProps) {
  const { go, wanted } = useListNavigation();
  const [dialog, setDialog] = useState<"save" | "manage">();
  const present = views.find((view) => isSameList(view.query, wanted));
  const close = (open: boolean) => {
    if (!open) setDialog(undefined);
  };
  const items = (list: readonly ViewFacts[]) =>
    list.map((view) => (
      <DropdownMenuItem
        key={view.id}
        icon={
          view === present ? (
            <Check aria-label="present" />
          ) : view.mine ? (
            <Bookmark aria-hidden />
          ) : (
            <Users aria-hidden />
          )
        }
        onSelect={() => go(listHref(view.query))}
      >
        {view.name}
      </DropdownMenuItem>
    ));
  const mine = views.filter((view) => view.mine);
  const others = views.filter((view) => !view.mine);
  return (
    <>
      <DropdownMenu
        trigger={
          <Button icon={<Bookmark aria-hidden />}>
            <span className="max-w-40 truncate">{present?.name ?? "Views"}</span>
          </Button>
        }
      >
        {mine.length > 0 && <DropdownMenuLabel>Yours</DropdownMenuLabel>}
        {items(mine)}
        {others.length > 0 && <DropdownMenuLabel>Shared</DropdownMenuLabel>}
        {items(others)}
        {views.length === 0 && <DropdownMenuLabel>No views yet</DropdownMenuLabel>}
        <DropdownMenuSeparator />
        <DropdownMenuItem icon={<Plus aria-hidden />} onSelect={() => setDialog("save")}>
          Save this filter as a view…
        </DropdownMenuItem>
        {views.some((view) => view.mayChange) && (
          <DropdownMenuItem icon={<Pencil aria-hidden />} onSelect={() => setDialog("manage")}>
            Rename or delete views…
          </DropdownMenuItem>
        )}
      </DropdownMenu>
      <SaveViewDialog open={dialog === "save"} onOpenChange={close} save={actions.save} mayShare={mayShare} />
      <ManageViewsDialog
        open={dialog === "manage"}
        onOpenChange={close}
        views={views.filter((view) => view.mayChange)}
        actions={actions}
        mayShare={mayShare}
      />
    </>
  );
}
