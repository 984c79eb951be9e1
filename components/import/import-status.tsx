import { Status } from "#components/ui/status.tsx";
import type { ImportView } from "#lib/inventory/import-read.ts";

/** How an import ended, or that it has not. */
export function ImportStatus({ status, unreadable }: Pick<ImportView, "status" | "unreadable">) {
  if (status === "running") return <Status tone="info">running</Status>;
  if (status === "broken") return <Status tone="critical">broken off</Status>;
  return unreadable > 0 ? <Status tone="warn">done, with faults</Status> : <Status tone="ok">done</Status>;
}
