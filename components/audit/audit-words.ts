import type { Tone } from "#components/ui/tone.ts";
import { ACTION_NAMES, type ActionCode } from "#lib/audit/action-names.ts";
import type { AuditEventView } from "#lib/audit/read.ts";

/** Where the thing that an event is about can be seen, if it can. */
export function objectHref({ object, action }: Pick<AuditEventView, "object" | "action">): string | null {
  switch (object.kind) {
    case "certificate":
      // An interrupted issuance never became a certificate.
      return action === "certificate.abandoned" ? null : `/certificates/${object.id}`;
    case "client":
      return `/clients/${object.id}`;
    case "service":
      return `/services/${object.id}`;
    case "proxy":
      return `/proxies/${object.id}`;
    case "failure":
      return `/failures/${object.id}`;
    case "import":
      return `/certificates/import/${object.id}`;
    case "authority":
      return `/authorities/${object.id}`;
    case "profile":
      return `/profiles/${object.id}`;
    case "user":
      return object.id === "" ? null : `/settings/people/${object.id}`;
    case "invitation":
      return "/settings/people";
    case "token":
      return "/settings/tokens";
    case "master-key":
      return "/authorities";
    default:
      return null;
  }
}

/** How an outcome is marked; what was done needs no mark. */
export const OUTCOME_TONES: Record<AuditEventView["outcome"], Tone> = {
  done: "neutral",
  attempted: "info",
  refused: "warn",
  failed: "critical",
};

export const ACTOR_KIND_WORDS: Record<string, string> = {
  user: "person",
  token: "API token",
  system: "Countersign itself",
};

/** Action codes by the noun before their dot, for a list to choose from. */
export function actionsByNoun(): [noun: string, codes: ActionCode[]][] {
  const codes = Object.keys(ACTION_NAMES) as ActionCode[];
  return [...Map.groupBy(codes, (code) => code.slice(0, code.indexOf(".")))];
}

/** First letter large, for words that stand alone. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
