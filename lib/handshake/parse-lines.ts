import { letOthersRun } from "#lib/loop-turn.ts";
import type { LoggingProxy, Observation, ParsedLine } from "./observation.ts";
import { parserOf } from "./parsers.ts";
import { misfit, recognise } from "./recognise.ts";

/** What a line says, beside the line itself. */
export type ObservedLine = Observation & { text: string };

/** What became of lines. */
export interface ParsedLines {
  observed: ObservedLine[];
  counts: LineCounts;
  /** The first lines that no parser understood. */
  notUnderstood: string[];
  /** Whose lines they clearly are, when they are not those of the proxy that somebody chose. */
  misfit: LoggingProxy | null;
}

export interface LineCounts {
  taken: number;
  /** They say something of a handshake. */
  matched: number;
  /** They are a proxy's, about something else. */
  ignored: number;
  notUnderstood: number;
}

/** The first ones are enough to see what they are. */
export const NOT_UNDERSTOOD_KEPT = 20;

/** So many lines tell whose they are. */
const SAMPLE = 200;

/** Of lines that the chosen proxy does not write, so many are compared with what all others write, which takes long. */
const STRANGE_MAX = 100;

/**
 * Parses lines as those of one proxy; what is not understood so, and everything when none was chosen, as those of
 * whatever proxy writes such lines.
 *
 * @param chosen null for whatever each line is recognised as
 * @param receivedAt in milliseconds
 */
export async function parseLines(
  lines: readonly string[],
  chosen: LoggingProxy | null,
  receivedAt: number,
): Promise<ParsedLines> {
  const first = await linesAs(chosen, lines, receivedAt);
  // As a rule they are all of the proxy that was chosen: then nobody else has to read them.
  const isStrange = chosen !== null && first.slice(0, SAMPLE).some(({ kind }) => kind === "not-understood");
  const other = isStrange ? misfit(lines.slice(0, SAMPLE), chosen) : null;
  const own = other === null ? first : await linesAs(other, lines, receivedAt);
  const parsed: ParsedLines = {
    observed: [],
    counts: { taken: lines.length, matched: 0, ignored: 0, notUnderstood: 0 },
    notUnderstood: [],
    misfit: other,
  };
  const { counts } = parsed;
  const usual = new UsualProxy();
  let strange = 0;
  for (const [place, text] of lines.entries()) {
    let line = own[place] ?? NOT_UNDERSTOOD;
    if (line.kind === "not-understood" && (chosen === null || ++strange <= STRANGE_MAX)) {
      line = anyLine(text, usual, receivedAt);
      await letOthersRun();
    }
    if (line.kind === "observation") {
      counts.matched++;
      parsed.observed.push({ ...line.observation, text });
    } else if (line.kind === "other") counts.ignored++;
    else {
      counts.notUnderstood++;
      if (parsed.notUnderstood.length < NOT_UNDERSTOOD_KEPT) parsed.notUnderstood.push(text);
    }
  }
  return parsed;
}

/** @param proxy null for nobody's */
async function linesAs(
  proxy: LoggingProxy | null,
  lines: readonly string[],
  receivedAt: number,
): Promise<ParsedLine[]> {
  if (proxy === null) return [];
  const parse = parserOf(proxy);
  const context = { receivedAt };
  const parsed: ParsedLine[] = [];
  for (const line of lines) {
    parsed.push(parse(line, context));
    await letOthersRun();
  }
  return parsed;
}

function anyLine(text: string, usual: UsualProxy, receivedAt: number): ParsedLine {
  const proxy = usual.among(recognise(text));
  return proxy === null ? NOT_UNDERSTOOD : parserOf(proxy)(text, { receivedAt });
}

const NOT_UNDERSTOOD: ParsedLine = { kind: "not-understood" };

/**
 * Some formats are the same for several proxies: nginx and Apache write the same access log by default. Then it is the
 * one that has written the lines before.
 */
class UsualProxy {
  #latest: LoggingProxy | null = null;

  among(candidates: readonly LoggingProxy[]): LoggingProxy | null {
    const [likeliest = null] = candidates;
    if (likeliest === null) return null;
    const isSure = candidates.every((each) => programOf(each) === programOf(likeliest));
    if (isSure) this.#latest = likeliest;
    return this.#latest !== null && candidates.includes(this.#latest) ? this.#latest : likeliest;
  }
}

/** nginx for HTTP and for streams is one program, which each read the other's lines. */
const programOf = (proxy: LoggingProxy) => (proxy === "nginx-stream" ? "nginx" : proxy);
