import type { ChainLine } from "#components/audit/chain-answer.ts";
import { verifyChain } from "#lib/audit/verify.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { installation } from "#lib/installation.ts";
import { log } from "#lib/log.ts";
import { textProblem } from "#lib/web/file-answer.ts";
import { neutralSentence } from "#lib/web/problem.ts";
import { currentActor } from "#lib/web/session.ts";

/**
 * Checks the audit chain and answers as it goes, a JSON object a line: a long chain takes longer than a
 * server action should. It only reads; it is a POST because nobody should start it by following a link.
 */
export async function POST(): Promise<Response> {
  try {
    const actor = await currentActor();
    if (actor === null) throw new DomainError("unauthenticated", "Sign in again, then verify the chain.");
    const check = verifyChain(installation(), actor);
    // The first step authorises; a refusal is an answer of its own, not a line.
    const first = await check.next();
    return new Response(answerOf(check, first), {
      headers: { "Content-Type": "application/x-ndjson", "Cache-Control": "no-store" },
    });
  } catch (error) {
    return textProblem(error, "The audit chain could not be verified");
  }
}

type Check = ReturnType<typeof verifyChain>;

function answerOf(check: Check, first: Awaited<ReturnType<Check["next"]>>): ReadableStream<Uint8Array> {
  let step: typeof first | null = first;
  return new ReadableStream({
    async pull(controller) {
      try {
        const next = step ?? (await check.next());
        step = null;
        controller.enqueue(encode(next.done ? { verdict: plain(next.value) } : { progress: next.value }));
        if (next.done) controller.close();
      } catch (error) {
        const id = newId();
        log("web").error({ err: error, requestId: id }, "The audit chain could not be verified");
        controller.enqueue(encode({ failure: neutralSentence(id) }));
        controller.close();
      }
    },
    /** Whoever asked has gone. */
    async cancel() {
      await check.return(undefined as never);
    },
  });
}

function encode(line: ChainLine): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(line)}\n`);
}

function plain<T extends { checkedAt: Date }>(verdict: T) {
  return { ...verdict, checkedAt: verdict.checkedAt.toISOString() };
}
