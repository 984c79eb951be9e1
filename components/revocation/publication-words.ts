import type { PublicationForecast } from "#components/revocation/revocation-dialog-facts.ts";
import { absoluteTime } from "#components/ui/time-format.ts";

/** When verifiers learn of a change, in two sentences. */
export function publicationWords({ crlSeconds, oldCrlUntil }: PublicationForecast): string {
  const seconds = crlSeconds === 1 ? "a second" : `${crlSeconds} seconds`;
  const first = `OCSP says so at once, the CRL within ${seconds}.`;
  if (oldCrlUntil === null) return first;
  return `${first} Who does not fetch it again may go by the old one until ${absoluteTime(oldCrlUntil)}.`;
}

/** Milliseconds as people compare them: "2.4 s", "3 min", "26 h". */
export function spanInWords(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
