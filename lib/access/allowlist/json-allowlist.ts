import type { AllowlistEntry } from "#lib/access/allowlist/allowlist-entries.ts";
import { type AllowlistHead, NAMED_MAX } from "#lib/access/allowlist/allowlist-head.ts";
import type { AllowlistWriter } from "#lib/access/allowlist/allowlist-writer.ts";

/**
 * JSON, for proxies and programs of one's own; the only format that has paths and methods.
 *
 * ```
 * {"countersign":"allowlist","service":"payments","format":"json","version":17,"made":"2026-03-01T12:00:00.000Z",
 *  "leftOut":[{"reason":"certificate-not-in-inventory","client":"01jq…","name":"Billing"}],"leftOutCount":1,
 * "entries":[
 * {"sha256":"7a41…","sha1":"0d8f…","client":"01jq…","name":"Billing","notBefore":"…","notAfter":"…","limits":null},
 * {…,"limits":[{"paths":["/api"],"methods":[]}]}
 * ]}
 * ```
 *
 * A certificate may enter when its SHA-256 (lower-case hex) is listed and now lies between its times. With `limits`
 * it may only where one of them allows both: a path that is one of the paths or below it (every path when there are
 * none), and a method of the methods, to the letter (every one when there are none). A path that could be read in
 * several ways (dot segments, encoded separators, double slashes) is below nothing.
 */
export const jsonWriter: AllowlistWriter = {
  hasLimits: true,
  type: "application/json; charset=utf-8",
  head: headOf,
  open: '"entries":[\n',
  close: "\n]}\n",
  entry: (entry, isFirst) => `${isFirst ? "" : ",\n"}${JSON.stringify(entryOf(entry))}`,
};

function headOf({ service, format, version, madeAt, leftOut }: AllowlistHead): string {
  const head = {
    countersign: "allowlist",
    ...{ service, format, version },
    made: madeAt.toISOString(),
    leftOut: leftOut
      .slice(0, NAMED_MAX)
      .map(({ reason, client }) =>
        client === null ? { reason } : { reason, client: client.id, name: client.name.toWellFormed() },
      ),
    leftOutCount: leftOut.length,
  };
  return `${JSON.stringify(head).slice(0, -1)},\n`;
}

function entryOf({ candidate, client, limits }: AllowlistEntry) {
  const { sha256, notBefore, notAfter } = candidate.certificate;
  return {
    ...{ sha256, sha1: candidate.sha1, client: client.id, name: client.name.toWellFormed() },
    notBefore: new Date(notBefore).toISOString(),
    notAfter: new Date(notAfter).toISOString(),
    limits: limits?.map(({ paths, methods }) => ({ paths, methods })) ?? null,
  };
}
