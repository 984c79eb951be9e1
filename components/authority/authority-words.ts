import type { Tone } from "#components/ui/tone.ts";
import { expiryConcern } from "#lib/authority/authority-attention.ts";
import type { AuthorityView } from "#lib/authority/authority-read.ts";
import { isKeyAlgorithm, KEY_ALGORITHMS } from "#lib/x509/key-algorithm.ts";

/** What its profiles may issue: "servers", "servers and clients". */
export function purposeWords(purposes: readonly ("server" | "client")[]): string {
  return purposes.map((purpose) => `${purpose}s`).join(" and ");
}

/** A key's kind as people say it. */
export function keyWords(algorithm: string): string {
  return isKeyAlgorithm(algorithm) ? KEY_ALGORITHMS[algorithm].label : algorithm;
}

/** Where a key lives, short for lists and in a sentence. */
export function keyLocationWords(location: string): { short: string; sentence: string } {
  if (location === "sealed") {
    return {
      short: "sealed here",
      sentence:
        "In this installation's database, encrypted with AES-256-GCM under the master key; it is opened in memory to sign and never handed out.",
    };
  }
  return { short: location, sentence: location };
}

export interface AuthorityState {
  word: "active" | "revoked" | "on hold" | "retired" | "expired" | "ending" | "ends soon" | "ends very soon";
  tone: Tone;
  /** What to do, when there is something to do. */
  fix: string | null;
}

function refusedState({ status, refused }: Pick<AuthorityView, "status" | "refused">): AuthorityState {
  if (refused === "held") {
    return {
      word: "on hold",
      tone: "warn",
      fix: "Nothing below it is accepted or issued. Release it, or revoke it for good.",
    };
  }
  const isRetired = status === "retired";
  return {
    word: "revoked",
    tone: isRetired ? "neutral" : "critical",
    fix: isRetired
      ? null
      : "Nothing below it is accepted or issued. Give its profiles another authority, then retire it.",
  };
}

/** The one status of an authority, by a fixed priority; what becomes of it matters while it still issues. */
export function authorityState(
  authority: Pick<AuthorityView, "kind" | "status" | "refused" | "notBefore" | "notAfter">,
  now: Date,
): AuthorityState {
  const concern = expiryConcern(authority, now);
  if (concern === "expired") {
    return {
      word: "expired",
      tone: authority.status === "active" ? "critical" : "neutral",
      fix: authority.status === "active" ? "Everything below it is refused. Create its successor now." : null,
    };
  }
  if (authority.refused !== null) return refusedState(authority);
  if (authority.status === "retired") return { word: "retired", tone: "neutral", fix: null };
  const successor =
    authority.kind === "root"
      ? "Create the next root and bring it into every trust store before this one ends."
      : "Create its successor and point its profiles there; certificates cannot outlive it.";
  switch (concern) {
    case "critical":
      return { word: "ends very soon", tone: "critical", fix: successor };
    case "warn":
      return { word: "ends soon", tone: "warn", fix: successor };
    case "info":
      return { word: "ending", tone: "info", fix: successor };
    case "none":
      return { word: "active", tone: "ok", fix: null };
  }
}
