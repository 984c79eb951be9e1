"use client";

import { CertificateRow } from "#components/certificate/certificate-row.tsx";
import type { CertificateRowFacts } from "#components/certificate/certificate-row-facts.ts";
import type { ListSelection } from "#components/certificate/list-selection.ts";
import { ListSortHeader } from "#components/certificate/list-sort-header.tsx";
import { HeaderCell, Table, TableBody, TableHead } from "#components/ui/table.tsx";

interface CertificateTableProps {
  certificates: readonly CertificateRowFacts[];
  now: Date;
  /** The order of the list: "expires", "-added", … */
  sort: string;
  selection: ListSelection;
}

/** Certificates as rows; each leads to its page. */
export function CertificateTable({ certificates, now, sort, selection }: CertificateTableProps) {
  const allSelected = certificates.every(({ id }) => selection.ids.has(id));
  return (
    <Table label="Certificates">
      <TableHead>
        <HeaderCell className="w-9">
          <input
            type="checkbox"
            aria-label="Select all on this page"
            checked={allSelected}
            ref={(box) => {
              if (box !== null) box.indeterminate = selection.ids.size > 0 && !allSelected;
            }}
            onChange={() => selection.selectPage(!allSelected)}
            className="block size-4 accent-accent"
          />
        </HeaderCell>
        <ListSortHeader column="name" sort={sort}>
          Name
        </ListSortHeader>
        <HeaderCell>Status</HeaderCell>
        <ListSortHeader column="expires" sort={sort}>
          Expires
        </ListSortHeader>
        <HeaderCell>Risks</HeaderCell>
        <HeaderCell>Profile, issuer</HeaderCell>
        <HeaderCell>Owner, tags</HeaderCell>
        <HeaderCell className="max-xl:hidden">Serial, source</HeaderCell>
        <ListSortHeader column="added" sort={sort} behind=", seen" className="max-xl:hidden">
          Added
        </ListSortHeader>
      </TableHead>
      <TableBody>
        {certificates.map((certificate) => (
          <CertificateRow
            key={certificate.id}
            certificate={certificate}
            now={now}
            selected={selection.ids.has(certificate.id)}
            onToggle={(extend) => selection.toggle(certificate.id, extend)}
          />
        ))}
      </TableBody>
    </Table>
  );
}
