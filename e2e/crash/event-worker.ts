import { failedHandshake, handshakeBatch } from "#e2e/fixtures/failed-handshake.ts";
import { storeEvents } from "#lib/handshake/event-store.ts";
import { installation } from "#lib/installation.ts";

/**
 * Stores the batches of a sender one after the other, from the number given on, and says which was acknowledged, until
 * this process is killed. Every batch has as many events as its number says.
 */
const here = installation();
const now = Date.now();
for (let number = Number(process.argv[2]); ; number++) {
  const failed = Array.from({ length: 1 + (number % 50) }, (_, place) =>
    failedHandshake(now, { client: { id: null, name: `CN=${place % 7}` } }),
  );
  await storeEvents(here, handshakeBatch(failed, { batchId: String(number) }));
  process.stdout.write(`${number}\n`);
}
