"use client";

import { Ban, Download, Hand, RefreshCw, Tag, Undo2, User } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useRef, useState } from "react";
import {
  type BulkActions,
  type BulkSelection,
  changeInBrief,
  type StartedRun,
  selectedCount,
  selectionInWords,
} from "#components/bulk/bulk-selection.ts";
import { OwnerDialog } from "#components/bulk/owner-dialog.tsx";
import { RenewManyDialog } from "#components/bulk/renew-many-dialog.tsx";
import { RevokeManyDialog } from "#components/bulk/revoke-many-dialog.tsx";
import { TagsDialog } from "#components/bulk/tags-dialog.tsx";
import { Button } from "#components/ui/button.tsx";
import { DropdownMenu, DropdownMenuItem } from "#components/ui/dropdown-menu.tsx";
import { Notice } from "#components/ui/notice.tsx";

interface BulkToolbarProps {
  selection: BulkSelection;
  mayAnnotate: boolean;
  mayRenew: boolean;
  mayHold: boolean;
  mayRevoke: boolean;
  /** Whether what is on hold is in view, so that there is something to release. */
  showsHeld: boolean;
  /** `BULK_ACTIONS` of app/(console)/bulk/toolbar-actions.ts. */
  actions: BulkActions;
  /** Further controls of the list at its end: "select all that match", "clear". */
  children?: ReactNode;
}

/** What can be done with the selected certificates; placed above their table. */
export function BulkToolbar(props: BulkToolbarProps) {
  const { selection, mayAnnotate, mayRenew, actions, children } = props;
  const [done, setDone] = useState<StartedRun>();
  const count = selectedCount(selection);
  if (count === 0 && done === undefined) return null;
  return (
    <div className="flex flex-col gap-2">
      {count > 0 && (
        <section
          aria-label="Selected certificates"
          className="flex flex-wrap items-center gap-2 rounded-md border border-line bg-selected px-3 py-2"
        >
          <span className="mr-1 font-medium" aria-live="polite">
            {selectionInWords(selection)} selected
          </span>
          {mayRenew && (
            <RenewManyDialog
              selection={selection}
              actions={actions}
              trigger={
                <Button size="sm" icon={<RefreshCw aria-hidden />}>
                  Renew…
                </Button>
              }
            />
          )}
          {mayAnnotate && (
            <>
              <TagsDialog
                selection={selection}
                actions={actions}
                onDone={setDone}
                trigger={
                  <Button size="sm" icon={<Tag aria-hidden />}>
                    Tags…
                  </Button>
                }
              />
              <OwnerDialog
                selection={selection}
                actions={actions}
                onDone={setDone}
                trigger={
                  <Button size="sm" icon={<User aria-hidden />}>
                    Owner…
                  </Button>
                }
              />
            </>
          )}
          <ExportMenu selection={selection} />
          {props.mayHold && (
            <RevokeManyDialog
              kind="hold"
              selection={selection}
              actions={actions}
              trigger={
                <Button size="sm" icon={<Hand aria-hidden />}>
                  Hold…
                </Button>
              }
            />
          )}
          {props.mayHold && props.showsHeld && (
            <RevokeManyDialog
              kind="release"
              selection={selection}
              actions={actions}
              trigger={
                <Button size="sm" icon={<Undo2 aria-hidden />}>
                  Release…
                </Button>
              }
            />
          )}
          {props.mayRevoke && (
            <RevokeManyDialog
              kind="revoke"
              selection={selection}
              actions={actions}
              trigger={
                <Button size="sm" icon={<Ban aria-hidden />}>
                  Revoke…
                </Button>
              }
            />
          )}
          {children}
        </section>
      )}
      {done !== undefined && (
        <Notice tone="ok" title={changeInBrief(done)} announce>
          <Link href={`/bulk/${done.run}`} prefetch={false} className="text-link">
            {done.changed === 0 ? "See the run" : "See what was changed, or undo it"}
          </Link>
        </Notice>
      )}
    </div>
  );
}

const FORMS = {
  csv: "As a table (CSV)",
  pem: "Certificates in one file (PEM)",
};

/** Sends the selection as a form, since hundreds of ids do not fit into an address. */
function ExportMenu({ selection }: { selection: BulkSelection }) {
  const form = useRef<HTMLFormElement>(null);
  const kind = useRef<HTMLInputElement>(null);
  const send = (value: string) => {
    if (form.current === null || kind.current === null) return;
    kind.current.value = value;
    form.current.submit();
  };
  return (
    <>
      <form ref={form} method="post" action="/bulk/export" hidden>
        <input ref={kind} type="hidden" name="form" />
        {"ids" in selection ? (
          selection.ids.map((id) => <input key={id} type="hidden" name="id" value={id} />)
        ) : (
          <input type="hidden" name="query" value={selection.query} />
        )}
      </form>
      <DropdownMenu
        align="start"
        trigger={
          <Button size="sm" icon={<Download aria-hidden />}>
            Export
          </Button>
        }
      >
        {Object.entries(FORMS).map(([value, label]) => (
          <DropdownMenuItem key={value} onSelect={() => send(value)}>
            {label}
          </DropdownMenuItem>
        ))}
      </DropdownMenu>
    </>
  );
}
