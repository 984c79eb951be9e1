"use client";

import { Download } from "lucide-react";
import { saveFile } from "#components/certificate/save-file.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";

interface ClientFileColumnsProps {
  columns: readonly { name: string; meaning: string }[];
  rowsMax: number;
}

const EXAMPLE = [
  "name,environment,owner,tags,notes,expires,services,credential",
  `billing-worker,production,Payments,team:payments,,,orders metering,${"0f".repeat(32)}`,
  `partner-acme,production,Partners,partner,Calls at night only,2027-12-31,orders,key:${"a1".repeat(32)}`,
  "meter-7,staging,Metering,,,,metering,",
  "",
].join("\r\n");

/** What a file of clients looks like, and one to begin with. */
export function ClientFileColumns({ columns, rowsMax }: ClientFileColumnsProps) {
  return (
    <Card
      title="Columns"
      description={`In this order, or in any with a header that names them. Up to ${rowsMax.toLocaleString("en")} lines and 1 MB.`}
      className="xl:sticky xl:top-16"
    >
      <dl className="flex flex-col gap-2 text-sm">
        {columns.map(({ name, meaning }) => (
          <div key={name}>
            <dt className="font-medium font-mono">{name}</dt>
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
        onClick={() => saveFile("clients.csv", EXAMPLE, "text/csv")}
      >
        Example
      </Button>
    </Card>
  );
}
