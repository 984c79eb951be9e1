import type { LeftOut } from "#lib/access/allowlist/allowlist-entries.ts";
import type { AllowlistFormat } from "#lib/access/allowlist/allowlist-format.ts";
import type { ClientView } from "#lib/access/decide/snapshot.ts";

/** What stands in the head of a list, beside what it lists. */
export interface AllowlistHead {
  /** Short name of the service. */
  service: string;
  format: AllowlistFormat;
  /** Higher with each change, never lower. */
  version: number;
  /** Since when it is so. */
  madeAt: Date;
  entries: number;
  leftOut: readonly LeftOut[];
}

/** More are counted and not named: a head is there to be read. */
export const NAMED_MAX = 100;

/**
 * The head of a file, in lines that every proxy takes for comments:
 *
 * ```
 * # countersign allowlist
 * # service payments
 * # format nginx
 * # version 17
 * # made 2026-03-01T12:00:00.000Z
 * # entries 2
 * # left-out 1
 * # left-out limited 01jq…/Billing%20system
 * ```
 *
 * The first seven lines are always there, in this order; then one line for each thing that is denied although a
 * decision would permit it, at most NAMED_MAX: a reason (LeftOutReason), and whom it is about where it is about
 * somebody.
 */
export function headLines(head: AllowlistHead): string {
  const { service, format, version, madeAt, entries, leftOut } = head;
  return [
    "countersign allowlist",
    `service ${service}`,
    `format ${format}`,
    `version ${version}`,
    `made ${madeAt.toISOString()}`,
    `entries ${entries}`,
    `left-out ${leftOut.length}`,
    ...leftOut
      .slice(0, NAMED_MAX)
      .map(({ reason, client }) => `left-out ${reason}${client === null ? "" : ` ${identityOf(client)}`}`),
  ]
    .map((line) => `# ${line}\n`)
    .join("");
}

/**
 * Who a client is, as files say it: its id, a slash, and its name percent-encoded (encodeURIComponent, as in the
 * header X-Countersign-Client-Name). No proxy reads anything into these characters.
 */
export function identityOf({ id, name }: Pick<ClientView, "id" | "name">): string {
  return `${id}/${encodeURIComponent(name.toWellFormed())}`;
}
