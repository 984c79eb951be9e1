import { openHalf } from "#e2e/fixtures/half-open.ts";

/**
 * Keeps connections half open, and opens others all the while, as programs made for it do: the server closes some
 * sooner or later. Prints when all are open.
 */
const [url = "", count = "0"] = process.argv.slice(2);

/** A flood of connections would be another attack: what it takes from others is the processor. */
const AGAIN_A_SECOND = 100;
const STEPS_A_SECOND = 10;

const half = await openHalf(url, Number(count));
process.stdout.write("open\n");
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 1_000 / STEPS_A_SECOND));
  await half.more(Math.min(AGAIN_A_SECOND / STEPS_A_SECOND, Number(count) - half.open()));
}
