"use client";

import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { useEffect, useState } from "react";
import { groupItems, matchingItems, type PaletteItem } from "#components/shell/palette-item.ts";
import { usePaletteSearch } from "#components/shell/palette-search.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import { Spinner } from "#components/ui/spinner.tsx";

interface CommandPaletteProps {
  /** Screens and actions that are always there. */
  items: readonly PaletteItem[];
  /** Finds things by name, serial number or fingerprint; a server action. Absent: only the items. */
  search?: ((query: string) => Promise<PaletteItem[]>) | undefined;
}

/** Opens anything by a few letters; ⌘K or Ctrl+K from anywhere. */
export function CommandPalette({ items, search }: CommandPaletteProps) {
  const [open, setOpen] = useState(false);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.shiftKey) return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="flex min-h-8 min-w-0 items-center gap-2 rounded-md border border-line px-2 text-muted hover:border-line-strong hover:text-ink max-md:border-transparent md:w-72 md:bg-canvas pointer-coarse:min-h-10">
        <Search aria-hidden className="size-4 shrink-0" />
        <span className="flex-1 truncate text-left max-md:sr-only">Find anything</span>
        <span aria-hidden className="max-md:hidden">
          <Kbd>⌘K</Kbd>
        </span>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="dialog-scrim" />
        <Dialog.Content aria-describedby={undefined} className="dialog-window mt-[12vh]! mb-auto! max-w-xl">
          <Dialog.Title className="sr-only">Find anything</Dialog.Title>
          <PaletteList items={items} search={search} onDone={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** What is in the window; made anew each time it opens. */
function PaletteList({ items, search, onDone }: CommandPaletteProps & { onDone: () => void }) {
  const router = useRouter();
  const [query, setQuery] = useState("");
  const { found, state } = usePaletteSearch(search, query);
  const shown = [...matchingItems(items, query), ...found];

  const openItem = (item: PaletteItem) => {
    onDone();
    router.push(item.href);
  };

  return (
    <Command label="Find anything" shouldFilter={false} loop className="flex min-h-0 flex-col">
      <div className="flex items-center gap-2 border-line border-b px-4">
        <Search aria-hidden className="size-4 shrink-0 text-muted" />
        <Command.Input
          value={query}
          onValueChange={setQuery}
          placeholder={search ? "Name, serial number, fingerprint or screen" : "Screen"}
          className="h-12 min-w-0 flex-1 bg-transparent text-lg outline-none placeholder:text-faint"
        />
        {state === "searching" && <Spinner className="text-muted" />}
      </div>
      <Command.List className="max-h-[50vh] min-h-0 overflow-y-auto p-1.5">
        {groupItems(shown).map(([group, members]) => (
          <Command.Group
            key={group}
            heading={group}
            className="**:[[cmdk-group-heading]]:px-2.5 **:[[cmdk-group-heading]]:py-1 **:[[cmdk-group-heading]]:text-muted **:[[cmdk-group-heading]]:text-xs"
          >
            {members.map((item) => (
              <Command.Item
                key={item.id}
                value={item.id}
                onSelect={() => openItem(item)}
                className="flex min-h-9 cursor-pointer items-center justify-between gap-4 rounded-md px-2.5 py-1 data-[selected=true]:bg-selected"
              >
                <span className="min-w-0 truncate">{item.label}</span>
                {item.detail !== undefined && (
                  <span className="min-w-0 shrink truncate text-muted text-sm">{item.detail}</span>
                )}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
      <p role="status" className="empty:hidden px-4 pb-4 pt-2 text-muted">
        {verdict(shown.length, state)}
      </p>
      <p
        aria-hidden
        className="flex flex-wrap gap-x-4 gap-y-1 border-line border-t px-4 py-2 text-muted text-xs max-sm:hidden"
      >
        <span>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd> choose
        </span>
        <span>
          <Kbd>↵</Kbd> open
        </span>
        <span>
          <Kbd>esc</Kbd> close
        </span>
      </p>
    </Command>
  );
}

function verdict(count: number, state: "idle" | "searching" | "failed"): string {
  if (state === "failed") return "The search did not answer. Type again to retry.";
  if (count > 0) return "";
  return state === "searching" ? "Searching…" : "Nothing has that name, serial number or fingerprint.";
}
