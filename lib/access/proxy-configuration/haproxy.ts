import { PROXY_LIMITS } from "./limits.ts";
import { certificateFiles, listenOn, type ProxyConfiguration, type ProxySetup } from "./proxy-setup.ts";

/** HAProxy (2.4 or later, started as master and workers, as packages do); the fetch script reloads it. */
export function haproxyWithCrl(setup: ProxySetup): ProxyConfiguration {
  const { files, openSeconds, serverName } = setup;
  return {
    proxy: "haproxy",
    parts: [
      {
        file: files.configuration,
        place: "At the end; a second global section adds to the first",
        text: `global
    tune.ssl.cachesize 0
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    hard-stop-after ${openSeconds}s

frontend ${serverName}
    mode http
    bind ${listenOn(setup, ":")} ssl crt ${files.certificate} ca-file ${files.clients} verify required crl-file ${files.crl} no-tls-tickets
    timeout client 30s
    timeout http-keep-alive 15s
    default_backend ${serverName}

backend ${serverName}
    mode http
    timeout connect 5s
    timeout server 30s
    server service ${setup.upstream}
`,
      },
    ],
    check: `haproxy -c -f ${files.configuration}`,
    reload: "systemctl reload haproxy",
    explanation: [
      certificateFiles(files),
      "crl-file checks the client's certificate and every authority above it: the file must hold the CRL of each of them, the root's too, or HAProxy refuses everybody.",
      "A resumed session is not verified again: tune.ssl.cachesize 0 and no-tls-tickets switch resumption off. It costs a whole handshake for each connection, in every frontend, because the cache is one for all.",
      "HAProxy finds the private key by the name of the certificate's file with .key behind it.",
      "ssl-min-ver leaves TLS 1.2 and TLS 1.3.",
    ],
    openConnections: {
      bound: `With the reload, idle connections are closed and others after the answer to the request that runs; hard-stop-after ends whatever is left ${openSeconds} s later.`,
      cost: `Each new CRL (at a revocation and at half of a CRL's life) closes the idle connections of everybody, and cuts off downloads and WebSockets that take more than ${openSeconds} s, in every frontend of this HAProxy.`,
    },
    limits: PROXY_LIMITS.haproxy,
  };
}
