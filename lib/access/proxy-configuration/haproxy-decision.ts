import {
  type AccessConfiguration,
  type AccessSetup,
  ASKED_EACH_TIME,
  OPEN_WHEN_ASKED,
  plainName,
} from "./access-setup.ts";
import { FOREIGN_HEADERS, OUR_HEADERS } from "./application-headers.ts";
import { certificateFiles, listenOn } from "./proxy-setup.ts";

const variable = (header: string) => `txn.${header.toLowerCase().replace("x-", "").replaceAll("-", "_")}`;

/**
 * HAProxy (2.6 or later) that asks by a script in Lua, public/countersign-haproxy.lua. It verifies the chain; who it
 * is, and what it may do, is asked here.
 */
export function haproxyWithDecision(setup: AccessSetup): AccessConfiguration {
  const { planes, planeName, service, token, files, serverName } = setup;
  const name = plainName(service);
  return {
    kind: "haproxy",
    way: "asks",
    parts: [
      {
        file: files.token,
        place: "A file of its own, readable by root alone",
        text: `${token}\n`,
        isSecret: true,
      },
      {
        file: files.configuration,
        place: "At the end; a second global section adds to the first",
        text: `global
    ssl-default-bind-options ssl-min-ver TLSv1.2
    setenv COUNTERSIGN_TOKEN_FILE ${files.token}
    lua-load-per-thread ${files.script}

frontend ${serverName}
    mode http
    bind ${listenOn(setup, ":")} ssl crt ${files.certificate} ca-file ${files.clients} verify optional
    timeout client 30s
    timeout http-keep-alive 15s
    option http-restrict-req-hdr-names delete
    http-request del-header x-countersign- -m beg
${FOREIGN_HEADERS.map((header) => `    http-request del-header ${header}`).join("\n")}
    http-request lua.countersign ${service} ${name}
    http-request deny deny_status 401 if { var(txn.countersign_status) -m int 401 }
    http-request deny deny_status 503 if { var(txn.countersign_status) -m int 503 }
    http-request deny deny_status 403 unless { var(txn.countersign_status) -m int 200 }
${OUR_HEADERS.map((header) => `    http-request set-header ${header} %[var(${variable(header)})] if { var(${variable(header)}) -m found }`).join("\n")}
    default_backend ${serverName}

backend ${serverName}
    mode http
    timeout connect 5s
    timeout server 30s
    server service ${setup.upstream}

listen ${name}
    mode http
    bind abns@${name}
    timeout client 10s
    timeout connect 1s
    timeout server 3s
    timeout queue 1s
    retries 2
    option redispatch 1
    retry-on conn-failure empty-response response-timeout 503
    option httpchk
    http-check send meth GET uri /healthz/decisions ver HTTP/1.1 hdr Host ${planeName}
    default-server ssl verify required ca-file ${files.servers} sni str(${planeName}) check check-sni ${planeName} inter 1s fall 1 rise 1
${planes.map((plane, index) => `    server plane${index + 1} ${plane}`).join("\n")}
`,
        isSecret: false,
      },
    ],
    check: `haproxy -c -f ${files.configuration}`,
    reload: "systemctl reload haproxy",
    explanation: [
      certificateFiles(files),
      "HAProxy finds the private key by the name of the certificate's file with .key behind it.",
      "lua-load-per-thread reads the script, which you fetch from this instance; setenv, above it, tells it where the token is. Both files are read before HAProxy gives up being root. One HAProxy has one token, also for several services.",
      "verify optional lets HAProxy answer 401 to whoever presents no certificate; one whose chain it cannot verify, or that has ended, gets no further than the handshake.",
      "del-header takes away what a client says of itself, and http-restrict-req-hdr-names what some applications would take for the same: names with an underscore.",
      `lua.countersign asks about each request through ${name}, which keeps connections to the planes, watches them, and asks another when one does not answer. When the script fails, or no plane answers, nobody enters.`,
      ASKED_EACH_TIME,
    ],
    openConnections: OPEN_WHEN_ASKED,
    limits: [
      "A client whose certificate has ended fails in the handshake: it is not asked about, so it is not seen here.",
      "Names of planes are looked up when HAProxy starts or is reloaded, unless a resolvers section is there and named.",
      "Where HAProxy logs, it logs each question too, as a request of <HTTPCLIENT>.",
      "The question passes through an abstract socket of the proxy's machine; the token is not known to it, only to the script.",
    ],
    isRun: true,
  };
}
