import { advanceRun } from "#lib/authority/bulk-advance.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { installation } from "#lib/installation.ts";

/** Works on the run that it is told, until it is done or this process is killed. */
const run = process.argv[2] ?? "";
const here = installation();
const issuer = inlineIssuer(here);
for (;;) {
  process.stdout.write("piece\n");
  const { status, worked } = await advanceRun(
    { installation: here, issuer, actor: systemActor("crash") },
    run,
  );
  if (status !== "running" || !worked) break;
}
await issuer.close();
await here.database.close();
