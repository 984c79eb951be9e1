import { MessageChannel, Worker } from "node:worker_threads";
import type { IssuedCertificate } from "#lib/authority/issuance-job.ts";
import type { IssuanceOrder } from "#lib/authority/issuance-order.ts";
import type { OrderMessage } from "#lib/authority/issuance-reading-thread.ts";
import type { AnswerMessage, ChainMessage } from "#lib/authority/issuance-thread.ts";
import type { Issuer } from "#lib/authority/issuer.ts";
import { DomainError } from "#lib/errors.ts";
import { revivedError } from "#lib/portable-error.ts";

/** More orders than this under way are refused at once: their answers would come too late anyway. */
const UNDER_WAY_MAX = 2_000;

/** What an issuance leaves behind is short-lived: a roomy nursery is swept far less often. */
const LIMITS = { maxYoungGenerationSizeMb: 96 };

interface Waiting {
  resolve(issued: IssuedCertificate): void;
  reject(error: Error): void;
}

/**
 * The protocol plane's issuer: one thread reads requests, one holds the keys and the database
 * connection, and the caller's thread only passes messages. When a thread dies, what was under way
 * fails (nothing of it was acknowledged) and the next order starts the threads anew.
 */
export function threadedIssuer(): Issuer {
  let threads: Promise<Threads> | undefined;
  return {
    async issue(order) {
      threads ??= startThreads(() => {
        threads = undefined;
      });
      return (await threads).issue(order);
    },
    async close() {
      // Threads that never started need no end.
      const started = await threads?.catch(() => undefined);
      threads = undefined;
      await started?.close();
    },
  };
}

interface Threads {
  issue(order: IssuanceOrder): Promise<IssuedCertificate>;
  close(): Promise<void>;
}

async function startThreads(onDeath: () => void): Promise<Threads> {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let closing = false;
  const channel = new MessageChannel();
  const issuing = new Worker(new URL("./issuance-thread.ts", import.meta.url), {
    resourceLimits: LIMITS,
    workerData: { readers: [channel.port1] },
    transferList: [channel.port1],
  });
  const reading = new Worker(new URL("./issuance-reading-thread.ts", import.meta.url), {
    resourceLimits: LIMITS,
    workerData: { issuing: channel.port2 },
    transferList: [channel.port2],
  });

  const chains = new Map<number, readonly Uint8Array[]>();
  const receive = (answers: (AnswerMessage | ChainMessage)[] | "ready") => {
    if (answers === "ready") return;
    for (const answer of answers) {
      if ("certificates" in answer) {
        chains.set(answer.chain, answer.certificates);
        continue;
      }
      const waiter = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ("issued" in answer) waiter?.resolve({ ...answer.issued, chain: chains.get(answer.chain) ?? [] });
      else waiter?.reject(revivedError(answer.error));
    }
  };
  const ready = Promise.withResolvers<void>();
  const refuseWaiting = (cause?: unknown) => {
    const interrupted = new DomainError("unavailable", "Issuing was interrupted; ask again.", { cause });
    ready.reject(interrupted);
    for (const waiter of waiting.values()) waiter.reject(interrupted);
    waiting.clear();
  };
  const die = (cause: unknown) => {
    if (closing) return;
    closing = true;
    onDeath();
    refuseWaiting(cause);
    void issuing.terminate();
    void reading.terminate();
  };
  for (const worker of [issuing, reading]) {
    worker.on("message", receive);
    worker.on("error", die);
    worker.on("exit", die);
  }
  issuing.once("message", () => ready.resolve());
  await ready.promise;

  let orders: OrderMessage[] = [];
  return {
    issue(order) {
      if (waiting.size >= UNDER_WAY_MAX) {
        throw new DomainError("rateLimited", "Too many issuances are under way; try again in a second.");
      }
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        if (orders.length === 0) {
          setImmediate(() => {
            reading.postMessage(orders);
            orders = [];
          });
        }
        orders.push({ id, order });
      });
    },
    async close() {
      closing = true;
      refuseWaiting();
      await Promise.all([issuing.terminate(), reading.terminate()]);
    },
  };
}
