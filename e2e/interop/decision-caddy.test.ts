import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { testAskingProxy } from "#e2e/fixtures/asking-proxy-tests.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { caddyWithDecision } from "#lib/access/proxy-configuration/caddy-decision.ts";

/** A real Caddy with exactly these texts, that keeps its hands off other ports. */
testAskingProxy({
  name: "Caddy",
  kind: "caddy",
  write: caddyWithDecision,
  whenEnded: 0,
  whenAlone: 502,
  start({ folder, setup }) {
    const frame = join(folder, "Caddyfile");
    writeFileSync(
      frame,
      `{
	admin off
	storage file_system ${folder}/storage
	auto_https disable_redirects
}
import ${setup.files.configuration}
`,
    );
    const parameters = ["--adapter", "caddyfile", "--config", frame];
    execFileSync("caddy", ["validate", ...parameters], { stdio: "pipe" });
    return startProxy("caddy", ["run", ...parameters], {
      port: setup.port,
      log: join(folder, "said.log"),
    });
  },
});
