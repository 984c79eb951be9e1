import type { Reader } from "#lib/database.ts";
import { comparableText } from "#lib/x509/name-preparation.ts";
import { causeTitle } from "./cause-title.ts";
import type { FailureFacts } from "./failure-view.ts";

/** What a search looks at of a failure, and its place in the list. */
type Sought = Pick<FailureFacts, "id" | "rank" | "presentedName" | "cause" | "serviceId" | "proxyId">;

/** Columns that a search needs. */
export const SOUGHT = {
  id: true,
  rank: true,
  presentedName: true,
  cause: true,
  serviceId: true,
  proxyId: true,
} as const;

/** Of each state so many are looked at, those that fail worst: no index holds parts of names. */
export const LOOKED_AT_MAX = 10_000;

const WORDS_MAX = 10;

/** The words of a search; more than ten are left out. */
export function searchWords(text: string): string[] {
  return comparableText(text).split(" ").filter(Boolean).slice(0, WORDS_MAX);
}

/** Those that have each of the words in a name: of who failed, of the cause, of the service or of the proxy. */
export async function withWords<T extends Sought>(
  read: Reader,
  failures: readonly T[],
  words: readonly string[],
): Promise<T[]> {
  const idsOf = (of: (failure: T) => string) => ({ in: [...new Set(failures.map(of))] });
  const select = { id: true, slug: true, name: true } as const;
  const [services, proxies] = await Promise.all([
    read.service.findMany({ where: { id: idsOf(({ serviceId }) => serviceId) }, select }),
    read.proxy.findMany({ where: { id: idsOf(({ proxyId }) => proxyId) }, select }),
  ]);
  const places = new Map(
    [...services, ...proxies].map(({ id, slug, name }) => [id, comparableText(`${slug} ${name}`)]),
  );
  const has = ({ presentedName, cause, serviceId, proxyId }: T) => {
    const texts = [
      comparableText(presentedName),
      causeTitle(cause).toLowerCase(),
      places.get(serviceId) ?? "",
      places.get(proxyId) ?? "",
    ];
    return words.every((word) => texts.some((text) => text.includes(word)));
  };
  return failures.filter(has);
}
