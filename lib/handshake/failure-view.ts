import { z } from "zod";
import type { Reader } from "#lib/database.ts";
import { type Cause, isCause } from "./causes.ts";
import type { Certainty } from "./diagnosis.ts";
import { OTHERS } from "./failure-group.ts";
import type { FailureStateName } from "./failure-state.ts";
import { rateOf } from "./heat.ts";

/** A failure as lists show it. */
export interface ListedFailure {
  id: string;
  cause: Cause;
  certainty: Certainty;
  /** Likeliest first. */
  candidates: Cause[];
  /** Null for none of ours. */
  client: { id: string; name: string } | null;
  /** Who it said it was; empty when it said nothing. */
  presentedName: string;
  /** Of many strangers with too many names. */
  isOfMany: boolean;
  /** Null when it is not known, or gone. */
  service: { id: string; slug: string; name: string } | null;
  proxy: { id: string; slug: string; name: string } | null;
  direction: "inbound" | "upstream";
  certificateId: string | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  count: number;
  /** Events an hour, the last hours counting most. */
  rate: number;
  /** Events of each of the last 36 hours, the oldest first. */
  hours: number[];
  state: FailureStateName;
  stateSince: Date;
  /** Who brought it there: a person, a handshake that went well, or one that failed. */
  stateBy: "" | "hand" | "handshake" | "traffic";
  muteUntil: Date | null;
  /** Events an hour when it was muted, for one muted until it gets worse. */
  muteRate: number | null;
  lastSuccessAt: Date | null;
  regressions: number;
  assignee: { id: string; name: string } | null;
  version: number;
}

/** What a row of the model has of it. */
export type FailureFacts = NonNullable<Awaited<ReturnType<Reader["failure"]["findUnique"]>>>;

export const SPARK_HOURS = 36;
const HOUR_MS = 3_600_000;

/** Rows with the names of what they are about. @param now whole seconds */
export async function shownFailures(
  read: Reader,
  rows: readonly FailureFacts[],
  now: Date,
): Promise<ListedFailure[]> {
  const among = (of: (row: FailureFacts) => string | null) => ({
    id: { in: [...new Set(rows.map(of))].filter((id) => id !== null && id !== "") as string[] },
  });
  const since = new Date((Math.floor(now.getTime() / HOUR_MS) - SPARK_HOURS + 1) * HOUR_MS);
  const [clients, services, proxies, assignees, counts] = await Promise.all([
    read.client.findMany({ where: among((row) => row.clientId), select: { id: true, name: true } }),
    read.service.findMany({
      where: among((row) => row.serviceId),
      select: { id: true, slug: true, name: true },
    }),
    read.proxy.findMany({ where: among((row) => row.proxyId), select: { id: true, slug: true, name: true } }),
    read.user.findMany({ where: among((row) => row.assigneeId), select: { id: true, name: true } }),
    read.failureCount.findMany({
      where: { failureId: { in: rows.map(({ id }) => id) }, hour: { gte: since } },
    }),
  ]);
  const byId = <T extends { id: string }>(all: readonly T[], id: string | null) =>
    all.find((each) => each.id === id) ?? null;
  const ofFailure = Map.groupBy(counts, ({ failureId }) => failureId);
  return rows.map((row) => {
    const hours = new Array<number>(SPARK_HOURS).fill(0);
    for (const { hour, count } of ofFailure.get(row.id) ?? []) {
      const place = Math.round((hour.getTime() - since.getTime()) / HOUR_MS);
      if (place >= 0 && place < SPARK_HOURS) hours[place] = count;
    }
    const client = byId(clients, row.clientId);
    return {
      ...{ id: row.id, cause: causeOf(row.cause), certainty: row.certainty as Certainty }, // written from a diagnosis
      candidates: causesOf(row.candidates),
      client: row.clientId === "" ? null : { id: row.clientId, name: client?.name ?? row.presentedName },
      presentedName: row.presentedName === OTHERS ? "" : row.presentedName,
      isOfMany: row.presentedName === OTHERS,
      service: byId(services, row.serviceId),
      proxy: byId(proxies, row.proxyId),
      direction: row.direction === "upstream" ? "upstream" : "inbound",
      ...{ certificateId: row.certificateId, firstSeenAt: row.firstSeenAt, lastSeenAt: row.lastSeenAt },
      ...{ count: row.count, rate: rateOf(row.heat, now.getTime()), hours },
      state: row.state as FailureStateName, // written by failure-state.ts and failure-change.ts only
      stateSince: row.stateSince,
      stateBy: row.stateBy as ListedFailure["stateBy"],
      ...{ muteUntil: row.muteUntil, muteRate: row.muteRate, lastSuccessAt: row.lastSuccessAt },
      ...{ regressions: row.regressions, assignee: byId(assignees, row.assigneeId), version: row.version },
    };
  });
}

/** One of another version is shown as what cannot be told. */
export function causeOf(code: string): Cause {
  return isCause(code) ? code : "none";
}

const texts = z.array(z.string());

/** @param json a list of causes */
export function causesOf(json: string): Cause[] {
  return texts.parse(JSON.parse(json)).filter(isCause);
}
