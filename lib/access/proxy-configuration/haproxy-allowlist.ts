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

/** HAProxy (2.6 or later, started as master and workers, as packages do) that looks clients up in a map. */
export function haproxyWithAllowlist(setup: AccessSetup): AllowlistConfiguration {
  const { files, service, serverName } = setup;
  const client = `txn.${plainName(service)}`;
  return {
    kind: "haproxy",
    way: "file",
    format: "haproxy",
    parts: [
      tokenPart(setup),
      {
        file: files.configuration,
        place: "At the end; a second global section adds to the first",
        text: `global
    tune.ssl.cachesize 0
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    hard-stop-after ${OPEN_SECONDS}s

frontend ${serverName}
    mode http
    bind ${listenOn(setup, ":")} ssl crt ${files.certificate} ca-file ${files.clients} verify required no-tls-tickets
    timeout client 30s
    timeout http-keep-alive 15s
    option http-restrict-req-hdr-names delete

    http-request set-var(${client}) ssl_c_der,sha2(256),hex,map_str(${files.allowlist})
    http-request deny deny_status 403 unless { var(${client}) -m found }

    http-request del-header X-Countersign- -m beg
${FOREIGN_HEADERS.map((header) => `    http-request del-header ${header}`).join("\n")}
    http-request del-header Connection if { req.hdr(Connection) -m sub -i x-countersign }
    http-request set-header X-Countersign-Client-Id %[var(${client}),field(1,/)]
    http-request set-header X-Countersign-Client-Name %[var(${client}),field(2,/)]
    http-request set-header X-Countersign-Scopes all
    http-request set-header X-Countersign-Reason granted
    default_backend ${serverName}

backend ${serverName}
    mode http
    timeout connect 5s
    timeout server 30s
    server service ${setup.upstream}
`,
        isSecret: false,
      },
    ],
    check: `haproxy -c -f ${files.configuration}`,
    reload: "systemctl reload haproxy",
    taking: { check: `haproxy -c -q -f ${files.configuration}`, reload: "systemctl reload haproxy" },
    explanation: [
      certificateFiles(files),
      "The map says of each certificate that may enter who it is. Its key is the SHA-256 of the whole certificate, in upper case as hex gives it.",
      "Whoever is not in the map gets 403, before anything else is done with the request.",
      "del-header takes away whatever a client sends of the headers by which applications are told who calls, and http-restrict-req-hdr-names what some applications would take for the same: names with an underscore.",
      `${DECIDED_EACH_TIME} Resumption is off all the same, so that the chain is verified each time. It costs a whole handshake for each connection, in every frontend, because the cache is one for all.`,
      "HAProxy finds the private key by the name of the certificate's file with .key behind it.",
    ],
    openConnections: {
      bound: `With the reload, idle connections are closed and others after the answer to the request that runs; hard-stop-after ends whatever is left ${OPEN_SECONDS} s later.`,
      cost: `Each new list closes the idle connections of everybody, and cuts off downloads and WebSockets that take more than ${OPEN_SECONDS} s, in every frontend of this HAProxy.`,
    },
    limits: [
      ...ALLOWLIST_LIMITS,
      "A client without a certificate, or with one that has ended or that HAProxy cannot verify, fails in the handshake.",
      "It has no limit of depth for a client's path.",
    ],
    isRun: true,
  };
}
