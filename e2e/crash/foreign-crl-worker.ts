import { applyCrlSource } from "#lib/authority/crl-source-apply.ts";
import { installation } from "#lib/installation.ts";

/** Holds the inventory against the list of the source that it is told, until it is done or this process is killed. */
const here = installation();
await applyCrlSource(here, process.argv[2] ?? "");
await here.database.close();
