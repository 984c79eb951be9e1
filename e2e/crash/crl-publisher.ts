import { publishDueCrls } from "#lib/authority/crl-publish.ts";
import { installation } from "#lib/installation.ts";
import { fastClock } from "./fast-clock.ts";

/** Publishes CRLs one after the other, by a clock that runs fast, until this process is killed. */
const here = { ...installation(), clock: fastClock(Number(process.argv[2])) };
for (;;) {
  const { published } = await publishDueCrls(here);
  for (const slug of published) process.stdout.write(`${slug}\n`);
}
