import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testListedProxy } from "#e2e/fixtures/listed-proxy-tests.ts";
import { startProxy } from "#e2e/fixtures/running-proxy.ts";
import { nginxWithAllowlist } from "#lib/access/proxy-configuration/nginx-allowlist.ts";

// Root's nginx would drop to a user that cannot read the folder.
const user = process.getuid?.() === 0 ? ["-g", "user root;"] : [];
const parameters = (folder: string) => ["-p", folder, "-c", join(folder, "nginx.conf"), ...user];

/** A real nginx with exactly these texts, in the frame that a package brings. */
testListedProxy({
  name: "nginx",
  kind: "nginx",
  write: nginxWithAllowlist,
  taking: (folder) => ({
    check: `nginx -t -q ${parameters(folder)
      .map((each) => `'${each}'`)
      .join(" ")}`,
    reload: `kill -HUP "$(cat ${folder}/nginx.pid)"`,
  }),
  whenNone: 400,
  resumes: false,
  dropsSome: false,
  refusesUnderscores: false,
  start({ folder, setup, configuration }) {
    for (const temporary of ["body", "proxy", "fastcgi", "uwsgi", "scgi"]) mkdirSync(join(folder, temporary));
    writeFileSync(
      join(folder, "nginx.conf"),
      `daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;
${configuration.parts.find(({ file }) => file === "/etc/nginx/nginx.conf")?.text}
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  include ${setup.files.configuration};
}
`,
    );
    return startProxy("nginx", parameters(folder), { port: setup.port, log: join(folder, "said.log") });
  },
});
