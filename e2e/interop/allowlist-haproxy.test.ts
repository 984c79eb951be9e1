import { join } from "node:path";
import { testListedProxy } from "#e2e/fixtures/listed-proxy-tests.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { haproxyWithAllowlist } from "#lib/access/proxy-configuration/haproxy-allowlist.ts";

/** A real HAProxy with exactly these texts, as a package's unit starts it. */
testListedProxy({
  name: "HAProxy",
  kind: "haproxy",
  write: haproxyWithAllowlist,
  taking: (folder) => ({
    check: `haproxy -c -q -f ${folder}/proxy.conf`,
    reload: `kill -USR2 "$(cat ${folder}/haproxy.pid)"`,
  }),
  whenNone: 0,
  resumes: false,
  dropsSome: false,
  refusesUnderscores: false,
  start({ folder, setup }) {
    const pid = join(folder, "haproxy.pid");
    return startProxy("haproxy", ["-W", "-p", pid, "-f", setup.files.configuration], {
      port: setup.port,
      log: join(folder, "said.log"),
    });
  },
});
