import { countedTo, serviceState } from "#components/service/service-words.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { type ListedService, SERVICE_COUNT_MAX } from "#lib/access/service-read.ts";

/** Services by short name: what stands before them, who may enter, and who waits. */
export function ServiceTable({ services }: { services: readonly ListedService[] }) {
  return (
    <Table label="Services">
      <TableHead>
        <HeaderCell>Service</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>Host names</HeaderCell>
        <HeaderCell>Proxies</HeaderCell>
        <HeaderCell align="end">Clients</HeaderCell>
        <HeaderCell align="end">Callers waiting</HeaderCell>
      </TableHead>
      <TableBody>
        {services.map((service) => {
          const { tone, word } = serviceState(service);
          return (
            <Row key={service.id}>
              <Cell>
                <span className="flex min-w-0 flex-col">
                  <RowLink href={`/services/${service.slug}`} className="[overflow-wrap:anywhere]">
                    {harmless(service.name)}
                  </RowLink>
                  <span className="font-mono text-muted text-xs">{service.slug}</span>
                </span>
              </Cell>
              <Cell label="Status">
                <Status tone={tone}>{word}</Status>
              </Cell>
              <Cell label="Host names">
                <Shortened texts={service.hostNames} none="none said" />
              </Cell>
              <Cell label="Proxies">
                <Shortened texts={service.proxies.map(({ name }) => harmless(name))} none="none" />
              </Cell>
              <Cell label="Clients" align="end">
                {countedTo(service.clientsGranted, SERVICE_COUNT_MAX)}
              </Cell>
              <Cell label="Callers waiting" align="end">
                {countedTo(service.callersUnknown, SERVICE_COUNT_MAX)}
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}

/** The first of some texts, and how many more there are. */
function Shortened({ texts, none }: { texts: readonly string[]; none: string }) {
  if (texts.length === 0) return <span className="text-muted">{none}</span>;
  return (
    <span className="flex min-w-0 items-baseline gap-1.5" title={texts.join(", ")}>
      <span className="block max-w-48 truncate">{texts[0]}</span>
      {texts.length > 1 && <span className="text-muted text-xs">+{texts.length - 1}</span>}
    </span>
  );
}
