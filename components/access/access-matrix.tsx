"use client";

import { Check, CircleDashed, Clock, Plus } from "lucide-react";
import Link from "next/link";
import { type KeyboardEvent, useState, useTransition } from "react";
import {
  cellLabel,
  cellWords,
  type MatrixCell,
  type MatrixRow,
  partsWords,
} from "#components/access/matrix-words.ts";
import { untoldWords } from "#components/client/untold-words.ts";
import { stillRefusedWords } from "#components/service/service-words.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import { absoluteTime } from "#components/ui/time-format.ts";
import { toast } from "#components/ui/toast-store.ts";
import type { Obstacle } from "#lib/access/reach-obstacle.ts";
import { USE_KEPT_DAYS } from "#lib/access/use-hours.ts";
import { answerOf } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";

interface AccessMatrixProps {
  services: readonly { id: string; slug: string; name: string }[];
  rows: readonly MatrixRow[];
  now: Date;
  /** Names of proxies that do not tell who comes through them, by the id of the service. */
  untold: Readonly<Record<string, readonly string[]>>;
  /** Names of proxies whose lists know neither paths nor methods, by the id of the service. */
  wholeOnly: Readonly<Record<string, readonly string[]>>;
  /** Absent for whoever may only look. */
  change?:
    | {
        grant: (pair: {
          clientId: string;
          serviceId: string;
        }) => Promise<ActionResult<{ grantId: string; obstacle: Obstacle | null }> | undefined>;
        end: (grant: { grantId: string }) => Promise<ActionResult | undefined>;
      }
    | undefined;
}

interface Pressed {
  client: MatrixRow["client"];
  service: AccessMatrixProps["services"][number];
  cell: MatrixCell;
}

/** Clients × services: who may call what and when they did last; a press grants it or, after a question, ends it. */
export function AccessMatrix({ services, rows, untold, wholeOnly, now, change }: AccessMatrixProps) {
  const [pressed, setPressed] = useState<Pressed | null>(null);
  /** The column that the tab key reaches in each row; arrow keys go to the others. */
  const [stops, setStops] = useState<Readonly<Record<string, number>>>({});
  const [busy, setBusy] = useState<string | null>(null);
  const [, startTransition] = useTransition();

  const grant = (client: MatrixRow["client"], service: AccessMatrixProps["services"][number]) => {
    if (change === undefined || busy !== null) return;
    setBusy(`${client.id} ${service.id}`);
    startTransition(async () => {
      const result = await answerOf(change.grant({ clientId: client.id, serviceId: service.id }));
      const refusal = refusalOf(result);
      const names = { client: harmless(client.name), service: harmless(service.name) };
      setBusy(null);
      if (refusal !== undefined || result?.data === undefined) {
        toast("critical", `Not confirmed: granting ${names.service} to ${names.client}`, refusal?.message);
        return;
      }
      const { grantId, obstacle } = result.data;
      const undo = () =>
        startTransition(async () => {
          const kept = refusalOf(await answerOf(change.end({ grantId })));
          if (kept === undefined) toast("ok", `${names.service} is taken from ${names.client} again`);
          else toast("critical", `Not confirmed: taking ${names.service} from ${names.client}`, kept.message);
        });
      toast("ok", `${names.client} was granted ${names.service}`, stillRefusedWords(obstacle), {
        label: "Undo",
        act: undo,
      });
    });
  };

  return (
    <>
      <Table label="Clients and the services that they may call" narrow="scroll">
        <TableHead>
          <HeaderCell className="left-0 z-20!">Client</HeaderCell>
          {services.map(({ id, slug, name }) => (
            <HeaderCell key={id} className="max-w-40">
              <Link
                href={`/services/${slug}`}
                prefetch={false}
                className="block truncate hover:text-ink"
                title={harmless(name)}
              >
                {harmless(name)}
              </Link>
            </HeaderCell>
          ))}
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <Row key={row.client.id}>
              <Cell className="sticky left-0 z-1 min-w-40 bg-surface sm:min-w-60">
                <span className="relative block min-w-0">
                  <RowLink href={`/clients/${row.client.id}`} className="truncate [overflow-wrap:anywhere]">
                    {harmless(row.client.name)}
                  </RowLink>
                  {row.client.state !== "active" && (
                    <span className="block text-muted text-xs">{row.client.state}</span>
                  )}
                </span>
              </Cell>
              {services.map((service, column) => (
                <Cell key={service.id} className="p-0.5!">
                  <MatrixButton
                    label={cellLabel(
                      harmless(row.client.name),
                      harmless(service.name),
                      row.cells[service.id],
                      now,
                      (wholeOnly[service.id] ?? []).map(harmless),
                    )}
                    cell={row.cells[service.id]}
                    deniedAt={wholeOnly[service.id] ?? []}
                    isStop={column === (stops[row.client.id] ?? 0)}
                    onFocus={() => setStops((before) => ({ ...before, [row.client.id]: column }))}
                    now={now}
                    isBusy={busy === `${row.client.id} ${service.id}`}
                    isFixed={change === undefined || row.client.state === "retired"}
                    onPress={() => {
                      const cell = row.cells[service.id];
                      if (cell === undefined) grant(row.client, service);
                      else setPressed({ client: row.client, service, cell });
                    }}
                  />
                </Cell>
              ))}
            </Row>
          ))}
        </TableBody>
      </Table>
      {pressed !== null && change !== undefined && (
        <EndDialog
          pressed={pressed}
          untold={untoldWords(untold[pressed.service.id] ?? [])}
          end={change.end}
          close={() => setPressed(null)}
        />
      )}
    </>
  );
}

interface MatrixButtonProps {
  label: string;
  cell: MatrixCell | undefined;
  now: Date;
  isBusy: boolean;
  /** Names of proxies that deny parts of the service. */
  deniedAt: readonly string[];
  /** Whether the tab key comes here. */
  isStop: boolean;
  onFocus: () => void;
  /** Nothing can be changed. */
  isFixed: boolean;
  onPress: () => void;
}

const ICONS = { live: Check, limited: CircleDashed, future: Clock };

function MatrixButton({
  label,
  cell,
  now,
  deniedAt,
  isStop,
  onFocus,
  isBusy,
  isFixed,
  onPress,
}: MatrixButtonProps) {
  const Icon = cell === undefined ? Plus : ICONS[cell.state];
  const content = (
    <>
      {isBusy ? (
        <Spinner className="size-3.5" />
      ) : (
        <Icon aria-hidden className={cell === undefined ? "size-3.5 text-faint" : "size-3.5 text-ok"} />
      )}
      {cell !== undefined && (
        <span
          suppressHydrationWarning
          title={cell.lastUsedAt === null ? undefined : absoluteTime(cell.lastUsedAt)}
          className={cell.lastUsedAt === null ? "text-muted" : ""}
        >
          {cellWords(cell, now)}
          {cell.state === "limited" && (
            <span className={deniedAt.length > 0 ? "text-warn" : "text-muted"}>
              {" "}
              {harmless(partsWords(deniedAt))}
            </span>
          )}
        </span>
      )}
    </>
  );
  const look =
    "flex min-h-10 w-full items-center gap-1.5 whitespace-nowrap sm:min-h-8 rounded-sm px-2 text-left text-xs";
  if (isFixed) {
    return (
      <span className={look}>
        {cell === undefined ? <span className="text-faint">–</span> : content}
        <span className="sr-only">{cell === undefined ? "not granted" : "granted"}</span>
      </span>
    );
  }
  return (
    <button
      type="button"
      aria-label={label}
      aria-busy={isBusy || undefined}
      tabIndex={isStop ? 0 : -1}
      onFocus={onFocus}
      onKeyDown={moveInRow}
      onClick={onPress}
      className={`${look} relative z-1 hover:bg-hover ${cell === undefined ? "[&>svg]:opacity-40 hover:[&>svg]:opacity-100 focus-visible:[&>svg]:opacity-100" : ""}`}
    >
      {content}
    </button>
  );
}

/** Arrow keys, Home and End go along a row: one press of the tab key leaves it, however many services there are. */
function moveInRow(event: KeyboardEvent<HTMLButtonElement>) {
  const cells = [
    ...(event.currentTarget.closest("[role=row], tr")?.querySelectorAll<HTMLElement>("button[tabindex]") ??
      []),
  ];
  const at = cells.indexOf(event.currentTarget);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: cells.length - 1 }[event.key];
  const next = to === undefined ? undefined : cells[to];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

interface EndDialogProps {
  pressed: Pressed;
  /** What cannot be said of its use. */
  untold: string | null;
  end: (grant: { grantId: string }) => Promise<ActionResult | undefined>;
  close: () => void;
}

function EndDialog({ pressed: { client, service, cell }, untold, end, close }: EndDialogProps) {
  const [clientName, serviceName] = [harmless(client.name), harmless(service.name)];
  const confirm = async () => {
    const refusal = refusalOf(await end({ grantId: cell.grantId }));
    if (refusal === undefined) toast("ok", `${clientName} may no longer call ${serviceName}`);
    return refusal?.message;
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) close();
      }}
      title={`Take ${serviceName} from ${clientName}?`}
      description="It is refused there within a second, and by proxies that decide from a file within seconds. Granting it again brings it back."
      confirmLabel="End the grant"
      danger
      onConfirm={confirm}
    >
      <Notice tone={cell.lastUsedAt === null && untold === null ? "info" : "warn"}>
        {cell.lastUsedAt === null
          ? `It was not seen in ${USE_KEPT_DAYS} days.`
          : `It was used last at ${absoluteTime(cell.lastUsedAt)}.`}
        {untold !== null && ` ${untold}`}
        {cell.state === "limited" &&
          " It is for parts of the service only; a press on the empty cell grants all of it."}
        {cell.grants > 1 &&
          ` There are ${cell.grants} grants, and this ends the widest of them; the client’s page has all.`}
      </Notice>
    </ConfirmDialog>
  );
}
