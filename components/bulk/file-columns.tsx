"use client";

import { Download } from "lucide-react";
import { saveFile } from "#components/certificate/save-file.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { FILE_COLUMNS, FILE_ROWS_MAX } from "#lib/authority/bulk-file.ts";

const EXAMPLE = [
  "name,names,profile,days,owner,tags",
  "api.example.com,api.internal.example.com 192.0.2.10,,90,Platform,production",
  "billing.example.com,,,,Payments,production team:payments",
  "worker-7,spiffe://example.com/worker-7,client,30,Platform,staging",
  "",
].join("\r\n");

/** What a file to issue from looks like, and one to begin with. */
export function FileColumns() {
  return (
    <Card
      title="Columns"
      description={`In this order, or in any with a header that names them. Up to ${FILE_ROWS_MAX.toLocaleString("en")} rows and 1 MB.`}
      className="xl:sticky xl:top-16"
    >
      <dl className="flex flex-col gap-2 text-sm">
        {Object.entries(FILE_COLUMNS).map(([column, { meaning }]) => (
          <div key={column}>
            <dt className="font-medium font-mono">{column}</dt>
            <dd className="text-muted">{meaning}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-muted text-sm">
        All but the name may be left out. Separated by commas, semicolons or tabs; cells may stand in quotes.
      </p>
      <Button
        className="mt-3"
        size="sm"
        icon={<Download aria-hidden />}
        onClick={() => saveFile("example.csv", EXAMPLE, "text/csv")}
      >
        Example
      </Button>
    </Card>
  );
}
