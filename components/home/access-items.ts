import { type AttentionItem, item } from "#components/home/attention-item.ts";
import { reachState } from "#components/proxy/proxy-words.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import { relativeTime } from "#components/ui/time-format.ts";
import type { AccessAttention, Some } from "#lib/access/access-attention.ts";
import { UNUSED_DAYS } from "#lib/access/client-state.ts";
import { ENDING_DAYS } from "#lib/access/ending-clients.ts";

/**
 * What needs a person of clients, services and proxies.
 *
 * @param now the present time
 * @param mayManage whether the person may change services and proxies; others are told whom to ask
 */
export function accessItems(facts: AccessAttention, now: Date, mayManage: boolean): AttentionItem[] {
  return [
    ...ofOutages(facts.outages, now),
    ...facts.proxies.flatMap((proxy) => ofProxy(proxy, now, mayManage)),
    ...ofEnding(facts.ending),
    ...facts.learning.flatMap((service) => ofLearning(service, mayManage)),
    ...ofUnused(facts.unused),
  ];
}

function ofOutages(outages: AccessAttention["outages"], now: Date): AttentionItem[] {
  const [newest] = outages;
  if (newest === undefined) return [];
  const sum = (count: (outage: (typeof outages)[number]) => number) =>
    outages.reduce((total, outage) => total + count(outage), 0);
  const seconds = sum(({ since, until }) => (until.getTime() - since.getTime()) / 1000);
  const failOpen = sum((outage) => outage.failOpen);
  const decisions = sum((outage) => outage.decisions).toLocaleString("en");
  const open =
    failOpen === 0
      ? "What was changed meanwhile counts since then only."
      : `${failOpen.toLocaleString("en")} of them let somebody in whom nobody could check, at services that fail open.`;
  return [
    item({
      id: "decisions-detached",
      tone: failOpen === 0 ? "warn" : "critical",
      title: `The database was away for ${durationWords(seconds)} within the last day`,
      detail: `It answered again ${relativeTime(newest.until, now)}. ${decisions} decisions were made as things were before. ${open}`,
    }),
  ];
}

const durationWords = (seconds: number) =>
  seconds < 120 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`;

function ofProxy(
  { slug, name, files, addresses }: AccessAttention["proxies"][number],
  now: Date,
  mayManage: boolean,
): AttentionItem[] {
  const fix = { label: "Look at it", href: `/proxies/${slug}` };
  const items: AttentionItem[] = [];
  const bad = files.map((file) => reachState(file, now)).find(({ tone }) => tone === "critical");
  if (bad !== undefined) {
    items.push(
      item({
        id: `proxy-${slug}`,
        tone: "critical",
        title: `Changes do not reach the proxy ${harmless(name)}: ${bad.word}`,
        detail: bad.meaning,
        fix,
      }),
    );
  }
  if (addresses.length > 1) {
    items.push(
      item({
        id: `proxy-token-${slug}`,
        tone: "warn",
        title: `The token of the proxy ${harmless(name)} came from ${addresses.length} places within a day`,
        detail: `That is right when several machines share it. Otherwise somebody copied it: ${
          mayManage ? "replace it at once" : "ask an admin to replace it at once"
        }.`,
        fix,
      }),
    );
  }
  return items;
}

function ofLearning(
  { slug, name, callers }: AccessAttention["learning"][number],
  mayManage: boolean,
): AttentionItem[] {
  const waits =
    callers === 0
      ? "Nobody unknown came yet."
      : `${callers.toLocaleString("en")} ${callers === 1 ? "caller waits" : "callers wait"} to be admitted.`;
  return [
    item({
      id: `learning-${slug}`,
      tone: callers === 0 ? "info" : "warn",
      title: `${harmless(name)} is learning: whoever has a sound certificate gets in`,
      detail: `${waits} ${mayManage ? "Refuse" : "Ask an admin to refuse"} unknown callers once everybody is admitted.`,
      fix:
        callers === 0
          ? { label: "Open the service", href: `/services/${slug}` }
          : { label: "See who", href: `/clients/callers?service=${slug}` },
    }),
  ];
}

function ofEnding({ things, count, more }: AccessAttention["ending"]): AttentionItem[] {
  if (count === 0) return [];
  return [
    item({
      id: "clients-ending",
      tone: "warn",
      title: `${countWords(count, more, "client stops", "clients stop")} working within ${ENDING_DAYS} days`,
      detail: "Their last credential ends, or they expire themselves, and nothing takes its place.",
      fix: openOf(things, count, "/clients?state=ending"),
      things: shown(things),
    }),
  ];
}

function ofUnused({ things, count, more }: AccessAttention["unused"]): AttentionItem[] {
  if (count === 0) return [];
  return [
    item({
      id: "clients-unused",
      tone: "info",
      title: `${countWords(count, more, "client was", "clients were")} not used for ${UNUSED_DAYS} days`,
      detail: "Suspend those that nobody needs: that can be taken back. Retire them when nobody complains.",
      fix: openOf(things, count, "/clients?state=unused"),
      things: shown(things),
    }),
  ];
}

type Thing = AccessAttention["unused"]["things"][number];

function countWords(count: number, more: boolean, one: string, several: string): string {
  return count === 1 ? `1 ${one}` : `${count.toLocaleString("en")}${more ? "+" : ""} ${several}`;
}

function openOf(things: Some<Thing>["things"], count: number, list: string) {
  const [only] = things;
  return count === 1 && only !== undefined
    ? { label: "Open it", href: `/clients/${only.id}` }
    : { label: "Open the clients", href: list };
}

function shown(things: readonly Thing[]) {
  return things.map(({ id, name, at }) => ({ id, label: harmless(name), href: `/clients/${id}`, at }));
}
