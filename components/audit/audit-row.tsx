"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import Link from "next/link";
import { useId, useState } from "react";
import { ACTOR_KIND_WORDS, capitalised, OUTCOME_TONES, objectHref } from "#components/audit/audit-words.ts";
import { EventDetails } from "#components/audit/event-details.tsx";
import { AbsoluteTime } from "#components/ui/absolute-time.tsx";
import { Button } from "#components/ui/button.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, Row } from "#components/ui/table.tsx";
import { actionName } from "#lib/audit/action-names.ts";
import type { AuditEventView } from "#lib/audit/read.ts";

/** One event, and below it, once opened, everything that it says. */
export function AuditRow({ event }: { event: AuditEventView }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const href = objectHref(event);
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <>
      <Row>
        <Cell>
          <AbsoluteTime time={event.at} />
        </Cell>
        <Cell label="Who">
          <span className="break-words" title={ACTOR_KIND_WORDS[event.actor.kind] ?? event.actor.kind}>
            {event.actor.name}
          </span>
          {event.actor.kind === "token" && <span className="text-muted"> (API token)</span>}
        </Cell>
        <Cell label="Did what">{capitalised(actionName(event.action))}</Cell>
        <Cell label="To what" wrap>
          {href === null ? (
            event.object.name
          ) : (
            <Link href={href} prefetch={false} className="text-link">
              {event.object.name}
            </Link>
          )}
        </Cell>
        <Cell label="Outcome" className={event.outcome === "done" ? "max-sm:hidden!" : undefined}>
          {event.outcome === "done" ? (
            <span className="text-muted">done</span>
          ) : (
            <Status tone={OUTCOME_TONES[event.outcome]}>{event.outcome}</Status>
          )}
        </Cell>
        <Cell align="end">
          <Button
            size="sm"
            variant="quiet"
            aria-expanded={open}
            aria-controls={id}
            aria-label={`Details of event ${event.sequence}`}
            icon={<Chevron aria-hidden />}
            onClick={() => setOpen(!open)}
          >
            <span className="sm:hidden">Event</span> {event.sequence.toLocaleString("en")}
          </Button>
        </Cell>
      </Row>
      {open && (
        <Row>
          <Cell id={id} colSpan={6} className="bg-sunken sm:whitespace-normal!">
            <EventDetails event={event} />
          </Cell>
        </Row>
      )}
    </>
  );
}
