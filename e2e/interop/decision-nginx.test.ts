import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testAskingProxy } from "#e2e/fixtures/asking-proxy-tests.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { nginxWithDecision } from "#lib/access/proxy-configuration/nginx-decision.ts";

/** A real nginx with exactly these texts, in the frame that a package brings. */
testAskingProxy({
  name: "nginx",
  kind: "nginx",
  write: nginxWithDecision,
  whenEnded: 400,
  whenAlone: 500,
  start({ folder, setup }) {
    for (const temporary of ["body", "proxy", "fastcgi", "uwsgi", "scgi"]) mkdirSync(join(folder, temporary));
    writeFileSync(
      join(folder, "nginx.conf"),
      `daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  include ${setup.files.configuration};
}
`,
    );
    // Root's nginx would drop to a user that cannot read the folder.
    const user = process.getuid?.() === 0 ? ["-g", "user root;"] : [];
    const parameters = ["-p", folder, "-c", join(folder, "nginx.conf"), ...user];
    return startProxy("nginx", parameters, { port: setup.port, log: join(folder, "said.log") });
  },
});
