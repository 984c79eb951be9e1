import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { testAskingProxy } from "#e2e/fixtures/asking-proxy-tests.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { haproxyWithDecision } from "#lib/access/proxy-configuration/haproxy-decision.ts";

/** A real HAProxy with exactly these texts and our script. */
testAskingProxy({
  name: "HAProxy",
  kind: "haproxy",
  write: haproxyWithDecision,
  whenEnded: 0,
  whenAlone: 503,
  start({ folder, setup }) {
    const { configuration } = setup.files;
    execFileSync("haproxy", ["-c", "-f", configuration], { stdio: "pipe" });
    return startProxy("haproxy", ["-W", "-f", configuration], {
      port: setup.port,
      log: join(folder, "said.log"),
    });
  },
});
