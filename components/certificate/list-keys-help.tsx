"use client";

import { enableKeys, LIST_KEYS, useKeysEnabled } from "#components/certificate/list-keys.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Kbd } from "#components/ui/kbd.tsx";

interface ListKeysHelpProps {
  /** Those that this list has. */
  keys?: typeof LIST_KEYS;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** What the keys of the list do. */
export function ListKeysHelp({ keys: listed = LIST_KEYS, open, onOpenChange }: ListKeysHelpProps) {
  const enabled = useKeysEnabled();
  return (
    <Dialog title="Keys of the list" size="sm" open={open} onOpenChange={onOpenChange}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
        {listed.map(({ keys, does }) => (
          <div key={does} className="contents">
            <dt className="flex gap-1.5">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-4 border-line border-t pt-3">
        <Checkbox
          label="Keys of one letter do this"
          hint="Switch them off when you dictate text. Remembered by this browser."
          checked={enabled}
          onChange={(event) => enableKeys(event.target.checked)}
        />
      </div>
    </Dialog>
  );
}
