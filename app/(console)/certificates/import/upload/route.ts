import type { UploadLine } from "#components/import/upload-answer.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { installation } from "#lib/installation.ts";
import { type ImportProgress, importCertificates } from "#lib/inventory/import-certificates.ts";
import { IMPORT_PASSWORD_HEADER, importPassword } from "#lib/inventory/import-password.ts";
import { checkDeclaredSize } from "#lib/inventory/import-upload.ts";
import { log } from "#lib/log.ts";
import { textProblem } from "#lib/web/file-answer.ts";
import { neutralSentence } from "#lib/web/problem.ts";
import { requireSameOrigin } from "#lib/web/same-origin.ts";
import { currentActor } from "#lib/web/session.ts";

/**
 * Takes a file of certificates and answers as it reads it, a JSON object a line. proxy.ts leaves this path
 * alone: Next would keep the whole body in memory for it, and cut it off.
 */
export async function POST(request: Request): Promise<Response> {
  try {
    const here = installation();
    requireSameOrigin(request, here.config.publicUrl);
    const signedIn = await currentActor();
    if (signedIn === null) throw new DomainError("unauthenticated", "Sign in again, then import the file.");
    const actor = { ...signedIn, requestId: newId() };
    // All that refuses the upload as such is said before its body is read, with a status of its own.
    authorize(actor, "certificate:import");
    const declaredBytes = Number(request.headers.get("content-length") ?? Number.NaN);
    checkDeclaredSize(Number.isNaN(declaredBytes) ? null : declaredBytes);
    const { promise: received, resolve: whenReceived } = Promise.withResolvers<void>();
    const lines = new Lines();
    const upload = {
      fileName: new URL(request.url).searchParams.get("name") ?? "",
      password: importPassword(request.headers.get(IMPORT_PASSWORD_HEADER)),
      declaredBytes: null,
      source: chunksOf(request.body, whenReceived),
    };
    const running = importCertificates(here, actor, upload, (progress) => lines.tell(progress));
    // Browsers do not look at an answer before they have sent everything.
    await Promise.race([received, running]);
    return new Response(lines.until(running, actor), {
      headers: {
        "Content-Type": "application/x-ndjson",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        // A reverse proxy is not to collect the lines first.
        "X-Accel-Buffering": "no",
      },
    });
  } catch (error) {
    return textProblem(error, "An import could not be begun");
  }
}

/** A line at most so often. */
const TOLD_EVERY_MS = 150;

/** The lines of an answer. The import goes on when whoever asked has gone: its page tells what came of it. */
class Lines {
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #toldAt = 0;

  tell({ bytes: _, ...progress }: ImportProgress): void {
    if (this.#controller === null || performance.now() - this.#toldAt < TOLD_EVERY_MS) return;
    this.#toldAt = performance.now();
    this.#send({ progress });
  }

  /** Progress until the import ends, and its end. */
  until(running: Promise<{ id: string }>, actor: Actor): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: async (controller) => {
        this.#controller = controller;
        const end = await running.then(
          ({ id }): UploadLine => ({ done: id }),
          (error: unknown): UploadLine => ({ refusal: sentenceOf(error, actor) }),
        );
        this.#send(end);
        this.#controller?.close();
      },
      cancel: () => {
        this.#controller = null;
      },
    });
  }

  #send(line: UploadLine): void {
    this.#controller?.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
  }
}

function sentenceOf(error: unknown, { requestId = "" }: Actor): string {
  if (error instanceof DomainError) return error.message;
  log("web").error({ err: error, requestId }, "An import failed");
  return neutralSentence(requestId);
}

/** The parts of a body. What is not wanted any more is read all the same, so that the answer is seen. */
async function* chunksOf(
  body: ReadableStream<Uint8Array> | null,
  whenReceived: () => void,
): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  let isWhole = reader === undefined;
  try {
    while (!isWhole) {
      const part = await reader?.read();
      if (part?.value !== undefined) yield part.value;
      isWhole = part?.done ?? true;
    }
    whenReceived();
  } finally {
    if (!isWhole) void drain(reader);
  }
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
  try {
    while ((await reader?.read())?.done === false);
  } catch {
    // The sender has gone: nobody waits for an answer.
  }
}
