import { openHalf } from "#e2e/fixtures/half-open.ts";

/** Keeps connections half open: as soon as the server closes them there are others. Prints when all are open. */
const [url = "", count = "0"] = process.argv.slice(2);
let half = await openHalf(url, Number(count));
process.stdout.write("open\n");
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  const closed = Number(count) - half.open();
  if (closed < Number(count) / 10) continue;
  half.close();
  half = await openHalf(url, Number(count));
}
