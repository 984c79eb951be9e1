"use client";

import { ChevronDown, Download } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { DropdownMenu, DropdownMenuItem } from "#components/ui/dropdown-menu.tsx";

export interface DownloadItem {
  href: string;
  fileName: string;
  meaning: string;
}

/** The files in which a certificate can be had; none of them holds a key. */
export function DownloadMenu({ items }: { items: readonly DownloadItem[] }) {
  return (
    <DropdownMenu
      trigger={
        <Button icon={<Download aria-hidden />}>
          Download
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      {items.map((item) => (
        <DropdownMenuItem key={item.href} href={item.href} download>
          <span className="block break-words font-mono text-sm">{item.fileName}</span>
          <span className="block text-muted text-xs">{item.meaning}</span>
        </DropdownMenuItem>
      ))}
    </DropdownMenu>
  );
}
