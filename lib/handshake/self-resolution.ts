import type { ChangedFailure } from "./failure-changes.ts";
import { OTHERS, storedName } from "./failure-group.ts";
import type { FailureRow } from "./failure-row.ts";
import { afterSuccess, afterSuccessFrom } from "./failure-state.ts";
import type { SucceededHandshake } from "./handshake-batch.ts";
import { isAmong, type Provider } from "./json-rows.ts";

/** A handshake that went well, at the time that is believed. */
export interface Success extends SucceededHandshake {
  at: number;
}

/**
 * Resolves failures of whoever came in since. Those of which nobody knows whose they are, because no certificate was
 * shown, are over when all addresses from which they came have come in.
 *
 * @param failures of that proxy, as they are after the events that came together with these
 * @returns those that became others, and of them those that were resolved
 */
export function resolvedBySuccess(
  successes: readonly Success[],
  failures: Iterable<FailureRow>,
): { rows: FailureRow[]; changes: ChangedFailure[] } {
  const rows: FailureRow[] = [];
  const changes: ChangedFailure[] = [];
  const last = lastSuccesses(successes);
  for (const failure of failures) {
    if (failure.state === "resolved") continue;
    const { after, change } = isNobodys(failure) ? fromAddresses(failure, last) : ofTheSame(failure, last);
    if (after === failure) continue;
    rows.push({ ...failure, ...after });
    if (change !== null) changes.push({ ...change, failureId: failure.id });
  }
  return { rows, changes };
}

/**
 * The last one of each direction, service and whoever it was. What is of no service in particular is over at any service,
 * and an upstream was reached where a request of a client was answered.
 */
function lastSuccesses(successes: readonly Success[]): ReadonlyMap<string, Success> {
  const last = new Map<string, Success>();
  for (const success of successes) {
    const { direction, serviceId, at, clientId, certificateId, peer, upstream, names } = success;
    const tell = (key: string, of: Success["direction"] = direction) => {
      for (const service of new Set([serviceId, ""])) {
        const place = `${of} ${service} ${key}`;
        if ((last.get(place)?.at ?? Number.NEGATIVE_INFINITY) < at) last.set(place, success);
      }
    };
    if (clientId !== null) tell(`client ${clientId}`);
    if (certificateId !== null) tell(`certificate ${certificateId}`);
    if (peer !== null) tell(`peer ${peer}`);
    if (upstream != null) tell(`peer ${upstream}`, "upstream");
    for (const name of new Set(names)) if (name !== "") tell(`name ${storedName(name)}`);
  }
  return last;
}

function isNobodys({ clientId, presentedName }: FailureRow): boolean {
  return clientId === "" && presentedName === "";
}

function ofTheSame(failure: FailureRow, last: ReadonlyMap<string, Success>) {
  const { direction, serviceId, clientId, presentedName, certificateId } = failure;
  const keys = [
    ...(clientId === "" ? [] : [`client ${clientId}`]),
    ...(presentedName === "" || presentedName === OTHERS ? [] : [`name ${presentedName}`]),
    ...(certificateId === null ? [] : [`certificate ${certificateId}`]),
  ];
  const times = keys.flatMap((key) => last.get(`${direction} ${serviceId} ${key}`)?.at ?? []);
  if (times.length === 0) return { after: failure, change: null };
  return afterSuccess(failure, Math.max(...times), "A handshake of it went well there.");
}

/** Null of the state stays what it was: the same object. */
function fromAddresses(failure: FailureRow, last: ReadonlyMap<string, Success>) {
  let after: ReturnType<typeof afterSuccessFrom>["after"] = failure;
  for (const address of failure.addresses ?? []) {
    const success = last.get(`${failure.direction} ${failure.serviceId} peer ${address}`);
    if (success === undefined) continue;
    const outcome = afterSuccessFrom(
      after,
      success.at,
      address,
      "A handshake went well from where it had failed.",
    );
    if (outcome.change !== null) return outcome;
    after = outcome.after;
  }
  return { after, change: null };
}

/** Queries for ids of failures at that proxy that are not over and may be of one of those. */
export function idsOfCandidates(
  provider: Provider,
  proxyId: string,
  successes: readonly Success[],
): { sql: string; parameters: string[] }[] {
  if (successes.length === 0) return [];
  const distinct = (values: readonly (string | null)[]) =>
    JSON.stringify([...new Set(values)].filter((value) => value));
  const isUnresolved = `"state" IN ('open', 'muted') AND "proxyId" = ?`;
  const among = (column: string) =>
    `SELECT "id" FROM "Failure" WHERE ${isUnresolved} AND ${isAmong(provider, column)}`;
  const names = ["", ...successes.flatMap(({ names: all }) => all.map(storedName))];
  return [
    {
      sql: among('"clientId"'),
      parameters: [proxyId, distinct(successes.map(({ clientId }) => clientId))],
    },
    { sql: among('"presentedName"'), parameters: [proxyId, JSON.stringify([...new Set(names)])] },
    {
      sql: `SELECT c."failureId" FROM "FailureCertificate" c JOIN "Failure" o ON o."id" = c."failureId"
        WHERE o."state" IN ('open', 'muted') AND o."proxyId" = ? AND ${isAmong(provider, 'c."certificateId"')}`,
      parameters: [proxyId, distinct(successes.map(({ certificateId }) => certificateId))],
    },
  ];
}
