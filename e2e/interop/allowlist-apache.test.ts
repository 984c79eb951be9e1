import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testListedProxy } from "#e2e/fixtures/listed-proxy-tests.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { apacheWithAllowlist } from "#lib/access/proxy-configuration/apache-allowlist.ts";

const MODULES = [
  ...["mpm_event", "authz_core", "setenvif", "ssl", "socache_shmcb", "proxy", "proxy_http"],
  ...["rewrite", "headers"],
];

/** A real Apache with exactly these texts, in the frame that a package brings. */
testListedProxy({
  name: "Apache",
  kind: "apache",
  write: apacheWithAllowlist,
  taking: () => ({ check: null, reload: null }),
  whenNone: 0,
  resumes: false,
  dropsSome: false,
  refusesUnderscores: true,
  start({ folder, setup, configuration }) {
    const isRoot = process.getuid?.() === 0;
    // Its processes are of another user, and read the list themselves.
    chmodSync(folder, 0o755);
    const frame = join(folder, "apache.conf");
    writeFileSync(
      frame,
      `${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
ServerName localhost
${isRoot ? "User www-data\nGroup www-data" : ""}
ErrorLog ${folder}/error.log
${configuration.parts.find(({ file }) => file.endsWith("ssl.conf"))?.text}
Include ${setup.files.configuration}
`,
    );
    return startProxy("apache2", ["-D", "FOREGROUND", "-f", frame], {
      port: setup.port,
      log: join(folder, "said.log"),
    });
  },
});
