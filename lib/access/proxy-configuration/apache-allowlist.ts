import { type AccessSetup, plainName } from "./access-setup.ts";
import {
  ALLOWLIST_LIMITS,
  type AllowlistConfiguration,
  DECIDED_EACH_TIME,
  tokenPart,
} from "./allowlist-setup.ts";
import { FOREIGN_HEADERS, OUR_HEADERS } from "./application-headers.ts";
import { certificateFiles, listenOn } from "./proxy-setup.ts";

/** The port on which Debian's Apache listens as soon as mod_ssl is there. */
const USUAL_PORT = 443;

/** The headers by which applications are told who calls, also as CGI, WSGI and others would take for them. */
const LOOKALIKES = [...OUR_HEADERS, ...FOREIGN_HEADERS]
  .map((header) => header.replaceAll("-", "[-_]"))
  .join("|");

/** Apache (2.4) that looks clients up in a RewriteMap: it sees a new list by itself. */
export function apacheWithAllowlist(setup: AccessSetup): AllowlistConfiguration {
  const { files, service } = setup;
  const name = plainName(service);
  return {
    kind: "apache",
    way: "file",
    format: "apache",
    parts: [
      tokenPart(setup),
      {
        file: "/etc/apache2/mods-available/ssl.conf",
        place: "In the place of its line SSLSessionCache shmcb:…",
        text: "SSLSessionCache none\n",
        isSecret: false,
      },
      {
        file: files.configuration,
        place: "A file of its own; then a2enmod ssl proxy_http rewrite headers and a2ensite",
        text: `${setup.port === USUAL_PORT ? "" : `Listen ${listenOn(setup, "")}\n`}<VirtualHost ${listenOn(setup, "*:")}>
    ServerName ${setup.serverName}

    SSLEngine on
    SSLProtocol -all +TLSv1.2 +TLSv1.3
    SSLCertificateFile    ${files.certificate}
    SSLCertificateKeyFile ${files.key}
    SSLSessionTickets off

    SSLCACertificateFile  ${files.clients}
    SSLVerifyClient       require
    SSLVerifyDepth        ${setup.depth}

    RewriteEngine on
    RewriteMap  ${name} txt:${files.allowlist}
    RewriteCond expr "%{sha1:%{SSL_CLIENT_CERT}} =~ /^([0-9a-f]+)$/"
    RewriteCond \${${name}:%1} ^([^/]+)/(.+)$
    RewriteRule ^ - [E=COUNTERSIGN_ID:%1,E=COUNTERSIGN_NAME:%2]

    SetEnvIfNoCase "^(?=.*_)(${LOOKALIKES})$" . COUNTERSIGN_FORGED

    <Location "/">
        <RequireAll>
            Require env COUNTERSIGN_ID
            Require not env COUNTERSIGN_FORGED
        </RequireAll>
    </Location>

    RequestHeader edit* Connection "(?i)x-countersign" "x-not-countersign"
    RequestHeader set X-Countersign-Client-Id   "%{COUNTERSIGN_ID}e"
    RequestHeader set X-Countersign-Client-Name "%{COUNTERSIGN_NAME}e"
    RequestHeader set X-Countersign-Scopes      all
    RequestHeader set X-Countersign-Reason      granted
${FOREIGN_HEADERS.map((header) => `    RequestHeader unset ${header}`).join("\n")}

    ProxyPass        / http://${setup.upstream}/
    ProxyPassReverse / http://${setup.upstream}/
</VirtualHost>
`,
        isSecret: false,
      },
    ],
    check: "apachectl configtest",
    reload: "systemctl reload apache2",
    taking: { check: null, reload: null },
    explanation: [
      certificateFiles(files),
      "The map says of each certificate that may enter who it is. Apache has no variable for a fingerprint, and a made-up one is silently empty; the key is therefore the SHA-1 of the certificate as PEM, which Apache has.",
      "Require env refuses with 403 whoever the map did not name: should the rules above it ever be skipped, nobody enters.",
      "Apache looks at the time of the list with each request and reads a new one by itself: nothing is reloaded.",
      "RequestHeader takes away whatever a client sends of the headers by which applications are told who calls. Some applications take a name with underscores for the same: Apache cannot take all of these away, so that whoever sends one is refused with 403.",
      `${DECIDED_EACH_TIME} Resumption is off all the same, so that the chain is verified each time. SSLSessionCache none counts only where no other line of this name is read before it.`,
    ],
    openConnections: {
      bound:
        "The next request on an open connection is refused; one that runs already, a download or a WebSocket, goes on to its end.",
      cost: "Nothing: no connection is closed by a new list.",
    },
    limits: [
      ...ALLOWLIST_LIMITS,
      "A client without a certificate, or with one that has ended or that Apache cannot verify, fails in the handshake.",
      "Apache reads the list from its begin to find a client for the first time, once in each of its processes for each new list: with a hundred thousand clients that takes about a hundredth of a second.",
      "Session resumption is switched off for the whole server, not for one virtual host.",
    ],
    isRun: true,
  };
}
