import {
  type AccessConfiguration,
  type AccessSetup,
  ASKED_EACH_TIME,
  isSocket,
  OPEN_WHEN_ASKED,
  plainName,
} from "./access-setup.ts";
import { FOREIGN_HEADERS, OUR_HEADERS } from "./application-headers.ts";
import { certificateFiles, listenOn } from "./proxy-setup.ts";

const variable = (header: string) =>
  `$${header.toLowerCase().replace("x-countersign-", "countersign_").replaceAll("-", "_")}`;
const upstreamVariable = (header: string) => `$upstream_http_${header.toLowerCase().replaceAll("-", "_")}`;
const column = (text: string) => text.padEnd(32);

const overTls = (planeName: string, servers: string) => `        proxy_ssl_trusted_certificate ${servers};
        proxy_ssl_verify              on;
        proxy_ssl_verify_depth        3;
        proxy_ssl_name                ${planeName};
        proxy_ssl_server_name         on;
`;

/** nginx (1.11.8 or later) with auth_request. It verifies the chain; who it is, and what it may do, is asked here. */
export function nginxWithDecision(setup: AccessSetup): AccessConfiguration {
  const { planes, planeName, service, token, files } = setup;
  const name = plainName(service);
  const isLocal = planes.every(isSocket);
  return {
    kind: "nginx",
    way: "asks",
    parts: [
      {
        file: files.token,
        place: "A file of its own, readable by root alone",
        text: `proxy_set_header Authorization "Bearer ${token}";\n`,
        isSecret: true,
      },
      {
        file: files.configuration,
        place: "A file of its own, inside of http { … }",
        text: `upstream ${name} {
${planes.map((plane) => `    server    ${plane} max_fails=1 fail_timeout=2s;`).join("\n")}
    keepalive 32;
}

server {
    listen                 ${listenOn(setup, "")} ssl;
    server_name            ${setup.serverName};

    ssl_certificate        ${files.certificate};
    ssl_certificate_key    ${files.key};
    ssl_protocols          TLSv1.2 TLSv1.3;
    ssl_client_certificate ${files.clients};
    ssl_verify_client      optional;
    ssl_verify_depth       ${setup.depth};

    location = /_countersign/decision {
        internal;
        include                       ${files.token};
        proxy_pass                    ${isLocal ? "http" : "https"}://${name}/v1/decision/${service};
${isLocal ? "" : overTls(planeName, files.servers)}        proxy_http_version            1.1;
        proxy_pass_request_body       off;
        proxy_pass_request_headers    off;
        proxy_set_header              Connection        "";
        proxy_set_header              Content-Length    "";
        proxy_set_header              X-Client-Cert-PEM $ssl_client_escaped_cert;
        proxy_set_header              X-Original-Method $request_method;
        proxy_set_header              X-Original-URI    $request_uri;
        proxy_connect_timeout         1s;
        proxy_read_timeout            3s;
        proxy_next_upstream           error timeout http_503;
    }

    location / {
        auth_request     /_countersign/decision;
${OUR_HEADERS.map((header) => `        auth_request_set ${variable(header)} ${upstreamVariable(header)};`).join("\n")}
${OUR_HEADERS.map((header) => `        proxy_set_header ${column(header)} ${variable(header)};`).join("\n")}
${FOREIGN_HEADERS.map((header) => `        proxy_set_header ${column(header)} "";`).join("\n")}
        proxy_pass       http://${setup.upstream};
    }
}
`,
        isSecret: false,
      },
    ],
    check: "nginx -t",
    reload: "nginx -s reload",
    explanation: [
      certificateFiles(files),
      "ssl_verify_client optional lets nginx answer 401 to whoever presents no certificate; a certificate whose chain it cannot verify, or that has ended, it refuses itself with 400.",
      "auth_request asks about each request: 200 lets it pass, 401 and 403 go back to the client. Nothing that the client sent goes with the question.",
      "proxy_set_header takes away whatever a client sends of the headers by which applications are told who calls. Another location needs all of these lines again: nginx inherits none of them into a block that has one of its own. nginx drops headers with an underscore in their name by itself; leave underscores_in_headers off.",
      ...(isLocal
        ? [
            "The socket is not for everybody: the user of nginx's workers has to be in the group of the instance, which makes it with the mode 0660.",
          ]
        : []),
      "When a plane does not answer, proxy_next_upstream asks the next; when none does, nginx answers 500: nobody enters.",
      ASKED_EACH_TIME,
    ],
    openConnections: OPEN_WHEN_ASKED,
    limits: [
      "A client whose certificate has ended gets 400 from nginx: it is not asked about, so it is not seen here.",
      "Names of planes are looked up when nginx starts or is reloaded.",
    ],
    isRun: true,
  };
}
