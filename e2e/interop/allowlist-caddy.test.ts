import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { testListedProxy } from "#e2e/fixtures/listed-proxy-tests.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { caddyWithAllowlist } from "#lib/access/proxy-configuration/caddy-allowlist.ts";

/** A real Caddy with exactly these texts, that keeps its hands off other ports. */
testListedProxy({
  name: "Caddy",
  kind: "caddy",
  write: caddyWithAllowlist,
  taking: (folder) => ({
    check: `caddy validate --adapter caddyfile --config ${folder}/Caddyfile`,
    reload: `caddy reload --adapter caddyfile --config ${folder}/Caddyfile --address unix/${folder}/admin`,
  }),
  whenNone: 0,
  resumes: true,
  dropsSome: true,
  refusesUnderscores: false,
  start({ folder, setup }) {
    const frame = join(folder, "Caddyfile");
    writeFileSync(
      frame,
      `{
	admin unix/${folder}/admin
	storage file_system ${folder}/storage
	auto_https disable_redirects
}
import ${setup.files.configuration}
`,
    );
    return startProxy("caddy", ["run", "--adapter", "caddyfile", "--config", frame], {
      port: setup.port,
      log: join(folder, "said.log"),
    });
  },
});
