import type { Diagnosis } from "#lib/handshake/diagnosis.ts";
import type { CorpusRow } from "./corpus.ts";

/** What was really wrong, and what was said of it. */
export interface Judged {
  row: CorpusRow;
  /** Null when no line was understood. */
  diagnosis: Diagnosis | null;
}

export interface Score {
  handshakes: number;
  first: number;
  amongThree: number;
  certain: number;
  certainAndWrong: number;
  /** Those of which it is not certain. */
  hidden: number;
  /** Those of them where a directive is named that would have told more. */
  directiveNamed: number;
}

export function scoreOf(judged: readonly Judged[]): Score {
  const count = (matches: (each: Judged) => boolean) => judged.filter(matches).length;
  const isFirst = ({ row, diagnosis }: Judged) => diagnosis?.cause === truthOf(row);
  const isCertain = ({ diagnosis }: Judged) => diagnosis?.certainty === "certain";
  return {
    handshakes: judged.length,
    first: count(isFirst),
    amongThree: count(({ row, diagnosis }) => diagnosis?.candidates.includes(truthOf(row)) === true),
    certain: count((each) => isCertain(each) && isFirst(each)),
    certainAndWrong: count((each) => isCertain(each) && !isFirst(each)),
    hidden: count((each) => !isCertain(each)),
    directiveNamed: count((each) => !isCertain(each) && each.diagnosis?.missingDirective != null),
  };
}

/**
 * Nothing failed where a proxy does not look at what is wrong, but for revocation, of which we know: Caddy lets everybody
 * in whom others refuse for it.
 */
function truthOf({ outcome, cause }: CorpusRow) {
  if (outcome === "rejected" || cause === "revocation-not-checked") return cause;
  return cause === "client-certificate-revoked" ? "revocation-not-checked" : "none";
}

/** A table of refused handshakes, by proxy and level, as it stands in the room's README. */
export function scoreTable(judged: readonly Judged[]): string {
  const rejected = judged.filter(({ row }) => row.outcome === "rejected");
  const groups = Map.groupBy(rejected, ({ row }) => `${row.proxy} | ${row.format}`);
  const levels = Map.groupBy(rejected, ({ row }) => `**all** | ${row.format}`);
  const lines = [...groups, ...levels].map(
    ([name, each]) => `| ${name} | ${cells(scoreOf(each)).join(" | ")} |`,
  );
  return [HEAD, HEAD.replaceAll(/[^|]+/g, "---"), ...lines].join("\n");
}

const HEAD =
  "| proxy | level | handshakes | first | among three | certain | certain and wrong | not certain | directive named |";

function cells(score: Score): string[] {
  const share = (part: number) => `${part} (${((100 * part) / score.handshakes).toFixed(1)} %)`;
  return [
    String(score.handshakes),
    share(score.first),
    share(score.amongThree),
    share(score.certain),
    String(score.certainAndWrong),
    String(score.hidden),
    String(score.directiveNamed),
  ];
}
