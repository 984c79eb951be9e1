import { certificates } from "#components/bulk/bulk-selection.ts";
import type { Tone } from "#components/ui/tone.ts";
import type { ItemStatus, Run } from "#lib/authority/bulk-run.ts";
import { REVOCATION_REASONS } from "#lib/x509/revocation-reason.ts";

type Titled = Pick<Run, "kind" | "parameters" | "total" | "status">;

/** What a run does: "Renew 12 certificates". */
export function runTitle({ kind, parameters, total, status }: Titled): string {
  const what = status === "preparing" ? "certificates" : certificates(total);
  switch (kind) {
    case "issue":
      return `Issue ${what} from a file`;
    case "renew":
      return `Renew ${what}`;
    case "annotate":
      return parameters.kind === "annotate" && parameters.undoes !== undefined
        ? `Undo a change of ${what}`
        : `Change owner and tags of ${what}`;
    case "revoke":
      return `Revoke ${what}`;
    case "hold":
      return `Hold ${what}`;
    case "release":
      return `Release ${what} from their hold`;
  }
}

/** What a run changes of owner and tags, or why it revokes, holds or releases; empty for other runs. */
export function changeInWords({ parameters }: Pick<Run, "parameters">): string {
  if (parameters.kind === "issue" || parameters.kind === "renew") return "";
  if (parameters.kind !== "annotate") {
    const reason = parameters.kind === "revoke" ? [REVOCATION_REASONS[parameters.reason].title] : [];
    return [...reason, ...(parameters.comment === "" ? [] : [parameters.comment])].join(" · ");
  }
  const { owner, addTags = [], removeTags = [] } = parameters.change;
  return [
    ...(owner === undefined ? [] : [owner === "" ? "Takes the owner away" : `Owner: ${owner}`]),
    ...(addTags.length === 0 ? [] : [`Adds the tags ${addTags.join(", ")}`]),
    ...(removeTags.length === 0 ? [] : [`Removes the tags ${removeTags.join(", ")}`]),
  ].join(" · ");
}

/** The state of a run in a word and a tone. */
export function runState(run: Pick<Run, "status" | "failed">): { tone: Tone; word: string } {
  switch (run.status) {
    case "preparing":
      return { tone: "info", word: "Collecting" };
    case "running":
      return { tone: "info", word: "Not finished" };
    case "cancelled":
      return { tone: "neutral", word: "Cancelled" };
    case "finished":
      return run.failed > 0
        ? { tone: "warn", word: `Finished, ${run.failed.toLocaleString("en")} failed` }
        : { tone: "ok", word: "Finished" };
  }
}

/** The state of an item in a word and a tone. */
export const ITEM_STATES: Record<ItemStatus, { tone: Tone; word: string }> = {
  done: { tone: "ok", word: "Done" },
  failed: { tone: "critical", word: "Failed" },
  skipped: { tone: "neutral", word: "Passed over" },
  working: { tone: "info", word: "In work" },
  waiting: { tone: "neutral", word: "Waiting" },
};
