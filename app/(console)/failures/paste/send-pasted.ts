import type { PasteAnswer } from "#components/failures/pasted-diagnosis.ts";
import { DIAGNOSED_BYTES_MAX, DIAGNOSED_LINES_MAX } from "#lib/handshake/diagnosed-bounds.ts";
import { NO_ANSWER } from "#lib/web/answer.ts";
import { type ActionResult, refusalOf } from "#lib/web/refusal.ts";
import type { PasteOrigin } from "./pasted.ts";

/** What became of pasted lines: an answer, or why there is none. */
export type PasteOutcome = { answer: PasteAnswer; refusal?: undefined } | { answer: null; refusal: string };

/** Sends lines to be diagnosed; what is too much is told before it is sent. */
export async function sendPasted(text: string, origin: PasteOrigin): Promise<PasteOutcome> {
  if (text.trim() === "") return { answer: null, refusal: "Paste at least one line." };
  const body = new TextEncoder().encode(text);
  if (body.length > DIAGNOSED_BYTES_MAX) return { answer: null, refusal: TOO_LARGE };
  try {
    const answer = await fetch(`/failures/paste/diagnosis?${new URLSearchParams({ ...origin })}`, {
      method: "POST",
      headers: { "Content-Type": "text/plain; charset=utf-8" },
      body,
    });
    const result = (await answer.json()) as ActionResult<PasteAnswer>;
    if (result.data !== undefined) return { answer: result.data };
    const refused = refusalOf(result);
    const isTooMany = refused?.violations.some(({ rule }) => rule === "body.lines") ?? false;
    return { answer: null, refusal: isTooMany ? TOO_MANY : (refused?.message ?? NO_ANSWER) };
  } catch {
    return { answer: null, refusal: NO_ANSWER };
  }
}

const TOO_LARGE = `This is more than ${DIAGNOSED_BYTES_MAX >> 20} MB: paste the lines of a few handshakes. Whole logs are sent by a proxy.`;
const TOO_MANY = `These are more than ${DIAGNOSED_LINES_MAX.toLocaleString("en")} lines: paste those of a few handshakes. Whole logs are sent by a proxy.`;
