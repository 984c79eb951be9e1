import { type AccessSetup, plainName } from "./access-setup.ts";
import {
  ALLOWLIST_LIMITS,
  type AllowlistConfiguration,
  DECIDED_EACH_TIME,
  OPEN_SECONDS,
  tokenPart,
} from "./allowlist-setup.ts";
import { FOREIGN_HEADERS } from "./application-headers.ts";
import { certificateFiles, listenOn } from "./proxy-setup.ts";

const passed = (header: string, value: string) => `        proxy_set_header ${header.padEnd(32)} ${value};`;

/** nginx (1.11.8 or later) that looks clients up in a map, which the fetch script keeps fresh. */
export function nginxWithAllowlist(setup: AccessSetup): AllowlistConfiguration {
  const { files, service } = setup;
  const name = plainName(service);
  return {
    kind: "nginx",
    way: "file",
    format: "nginx",
    parts: [
      tokenPart(setup),
      {
        file: "/etc/nginx/nginx.conf",
        place: "Outside of http { … }",
        text: `worker_shutdown_timeout ${OPEN_SECONDS}s;\n`,
        isSecret: false,
      },
      {
        file: files.configuration,
        place: "A file of its own, inside of http { … }",
        text: `map $ssl_client_fingerprint $${name} {
    default "";
    include ${files.allowlist};
}
map $${name} $${name}_id {
    default "";
    "~^(?<${name}_found_id>[^/]+)/" $${name}_found_id;
}
map $${name} $${name}_name {
    default "";
    "~/(?<${name}_found_name>.+)$" $${name}_found_name;
}

server {
    listen                 ${listenOn(setup, "")} ssl;
    server_name            ${setup.serverName};

    ssl_certificate        ${files.certificate};
    ssl_certificate_key    ${files.key};
    ssl_protocols          TLSv1.2 TLSv1.3;
    ssl_session_cache      off;
    ssl_session_tickets    off;

    ssl_client_certificate ${files.clients};
    ssl_verify_client      on;
    ssl_verify_depth       ${setup.depth};

    if ($${name} = "") {
        return 403;
    }

    location / {
${[
  passed("X-Countersign-Client-Id", `$${name}_id`),
  passed("X-Countersign-Client-Name", `$${name}_name`),
  passed("X-Countersign-Scopes", "all"),
  passed("X-Countersign-Reason", "granted"),
  ...FOREIGN_HEADERS.map((header) => passed(header, '""')),
].join("\n")}
        proxy_pass       http://${setup.upstream};
    }
}
`,
        isSecret: false,
      },
    ],
    check: "nginx -t",
    reload: "nginx -s reload",
    taking: { check: "nginx -t -q", reload: "nginx -s reload" },
    explanation: [
      certificateFiles(files),
      "The map says of each certificate that may enter who it is. Its key is the SHA-1 of the whole certificate, the only fingerprint that nginx shows: it tells certificates of your own authorities apart, whose serial numbers nobody can choose.",
      "if … return 403 stands outside of every location and comes before all of them: whoever is not in the map gets nowhere.",
      "proxy_set_header takes away whatever a client sends of the headers by which applications are told who calls. Another location needs all of these lines again: nginx inherits none of them into a block that has one of its own. nginx drops headers with an underscore in their name by itself; leave underscores_in_headers off.",
      `${DECIDED_EACH_TIME} Resumption is off all the same, so that the chain is verified each time; both lines must stand in every server block of the same address and port.`,
    ],
    openConnections: {
      bound: `With the reload, idle connections are closed at once and others after the request that runs; worker_shutdown_timeout ends whatever is left ${OPEN_SECONDS} s later.`,
      cost: `Each new list closes the idle connections of everybody, and cuts off downloads and WebSockets that take more than ${OPEN_SECONDS} s.`,
    },
    limits: [
      ...ALLOWLIST_LIMITS,
      "A client without a certificate, or with one that has ended or that nginx cannot verify, gets 400.",
      "For some tenths of a second after a reload, old workers accept connections beside the new ones.",
      "From some hundred clients on nginx warns at each check that its map_hash is not the best, and looks clients up all the same; map_hash_max_size 262144 and map_hash_bucket_size 512 in http { … } end that.",
    ],
    isRun: true,
  };
}
