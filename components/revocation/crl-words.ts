import { relativeTime } from "#components/ui/time-format.ts";
import type { Tone } from "#components/ui/tone.ts";

/** What the screen needs to know of the CRL of an authority. */
export interface CrlFacts {
  state: "ok" | "due" | "late" | "expired" | "missing";
  nextUpdate: Date | null;
  pendingSince: Date | null;
  failingSince: Date | null;
  /** Why publishing failed last; empty when it did not. */
  failure: string;
}

/** How a CRL is doing: a word, how alarming that is, what it means for verifiers and what to do. */
export interface CrlStateInWords {
  tone: Tone;
  word: string;
  meaning: string;
  /** Null when nobody needs to do anything. */
  fix: string | null;
}

const LOOK =
  "Publishing is repeated every few seconds by itself. If it goes on failing, look whether the protocol plane runs and what its log says.";

/** @param now the present time */
export function crlStateInWords(crl: CrlFacts, now: Date): CrlStateInWords {
  const isFailing = crl.failingSince !== null;
  switch (crl.state) {
    case "missing":
      return {
        tone: "critical",
        word: "no CRL yet",
        meaning: "Verifiers that check the whole chain refuse everybody below this authority.",
        fix: LOOK,
      };
    case "expired":
      return {
        tone: "critical",
        word: "expired",
        meaning:
          "It is not served any more. Verifiers that check CRLs refuse everybody below this authority, or go by nothing at all.",
        fix: LOOK,
      };
    case "late":
      return crl.pendingSince === null
        ? {
            tone: isFailing ? "critical" : "warn",
            word: "late",
            meaning: `It should have been replaced by now. Verifiers notice nothing until it expires${crl.nextUpdate === null ? "" : ` ${relativeTime(crl.nextUpdate, now)}`}.`,
            fix: LOOK,
          }
        : {
            tone: "critical",
            word: "changes wait",
            meaning: `What was revoked, held or released ${relativeTime(crl.pendingSince, now)} is on no CRL yet: proxies that go by the CRL still let it in. OCSP answers are right.`,
            fix: LOOK,
          };
    case "due":
      return isFailing
        ? {
            tone: "warn",
            word: "publishing fails",
            meaning: "The CRL in force is still good; the next one could not be published yet.",
            fix: LOOK,
          }
        : {
            tone: "info",
            word: "being replaced",
            meaning: "The next CRL is published within seconds.",
            fix: null,
          };
    case "ok":
      return {
        tone: "ok",
        word: "current",
        meaning: "Replaced at half of its life, and when something changes.",
        fix: null,
      };
  }
}

/** Bytes as a person compares them. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
