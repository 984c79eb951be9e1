import { PROXY_LIMITS } from "./limits.ts";
import { certificateFiles, listenOn, type ProxyConfiguration, type ProxySetup } from "./proxy-setup.ts";

/** nginx that reads CRLs from a file; the fetch script reloads it. */
export function nginxWithCrl(setup: ProxySetup): ProxyConfiguration {
  const { files, openSeconds } = setup;
  return {
    proxy: "nginx",
    parts: [
      {
        file: "/etc/nginx/nginx.conf",
        place: "Outside of http { … }",
        text: `worker_shutdown_timeout ${openSeconds}s;\n`,
      },
      {
        file: files.configuration,
        place: "A file of its own, inside of http { … }",
        text: server(setup, [`    ssl_crl                ${files.crl};`]),
      },
    ],
    check: "nginx -t",
    reload: "nginx -s reload",
    explanation: [
      certificateFiles(files),
      ...COMMON,
      "ssl_crl checks the client's certificate and every authority above it: the file must hold the CRL of each of them, the root's too, or nginx refuses everybody.",
    ],
    openConnections: {
      bound: `With the reload, idle connections are closed at once and others after the request that runs; worker_shutdown_timeout ends whatever is left ${openSeconds} s later.`,
      cost: `Each new CRL (at a revocation and at half of a CRL's life) closes the idle connections of everybody, and cuts off downloads and WebSockets that take more than ${openSeconds} s.`,
    },
    limits: PROXY_LIMITS.nginx,
  };
}

/**
 * nginx (1.19 or later) that asks the OCSP responder about each client: no file, no reload.
 *
 * @param resolver address of a DNS server that nginx asks for the responder's name again and again; null when the
 *   addresses found at start do
 */
export function nginxWithOcsp(setup: ProxySetup, resolver: string | null): ProxyConfiguration {
  const { files, openSeconds, protocolUrl } = setup;
  const idle = Math.max(1, Math.floor(openSeconds / 4));
  return {
    proxy: "nginx",
    parts: [
      {
        file: files.configuration,
        place: "A file of its own, inside of http { … }",
        text: server(setup, [
          "    ssl_ocsp               leaf;",
          `    ssl_ocsp_responder     ${protocolUrl}/ocsp;`,
          ...(resolver === null ? [] : [`    resolver               ${resolver};`]),
          "",
          `    keepalive_timeout      ${idle}s;`,
          `    keepalive_time         ${Math.max(1, openSeconds - idle)}s;`,
        ]),
      },
    ],
    check: "nginx -t",
    reload: null,
    explanation: [
      certificateFiles(files),
      ...COMMON,
      "ssl_ocsp leaf asks about the client's certificate at each new connection; no answer is kept (ssl_ocsp_cache is off unless it is switched on), so a revocation counts at once.",
      "ssl_ocsp_responder names this instance whatever the certificate says; nginx asks by http only. It looks the name up when it starts, and again by itself only with a resolver.",
    ],
    openConnections: {
      bound: `A connection is closed after the first request that comes later than ${Math.max(1, openSeconds - idle)} s after its start, or when it is idle for ${idle} s: the last request is taken within ${openSeconds} s.`,
      cost: `Clients connect anew at least every ${openSeconds} s, each time with a whole handshake and a question to the responder.`,
    },
    limits: [
      "Every handshake waits for the responder, and while it cannot be reached every client is refused (“certificate status request failed”).",
      "leaf asks about the client's certificate only: one whose issuing authority was revoked is admitted until that authority is taken out of the file of authorities.",
      "A request that runs is served to its end.",
      "It says 400 after a complete handshake: a revoked client learns of it by the answer to a request, not by an alert.",
    ],
  };
}

const COMMON = [
  "A resumed session is not verified again, and nginx keeps its session cache over a reload: ssl_session_cache and ssl_session_tickets are off. Both must be off in every server block of the same address and port, because the default one of them decides before the name is known. It costs a whole handshake for each connection.",
  "ssl_protocols names TLS 1.3, which nginx before 1.23.4 leaves out by itself.",
];

function server(setup: ProxySetup, revocation: string[]): string {
  const { files } = setup;
  return `server {
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
${revocation.join("\n")}

    location / {
        proxy_pass         http://${setup.upstream};
    }
}
`;
}
