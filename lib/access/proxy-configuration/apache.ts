import { PROXY_LIMITS } from "./limits.ts";
import { certificateFiles, listenOn, type ProxyConfiguration, type ProxySetup } from "./proxy-setup.ts";

/** The port on which Debian's Apache listens as soon as mod_ssl is there. */
const USUAL_PORT = 443;

/** Apache (2.4) with mod_ssl and mod_proxy_http; the fetch script reloads it. */
export function apacheWithCrl(setup: ProxySetup): ProxyConfiguration {
  const { files, openSeconds } = setup;
  const keepAlive = Math.min(15, openSeconds);
  return {
    proxy: "apache",
    parts: [
      {
        file: "/etc/apache2/mods-available/ssl.conf",
        place: "In the place of its line SSLSessionCache shmcb:…",
        text: "SSLSessionCache none\n",
      },
      {
        file: files.configuration,
        place: "A file of its own; then a2enmod ssl proxy_http and a2ensite",
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
    SSLCARevocationFile   ${files.crl}
    SSLCARevocationCheck  chain

    Timeout          ${openSeconds}
    KeepAliveTimeout ${keepAlive}

    ProxyPass        / http://${setup.upstream}/
    ProxyPassReverse / http://${setup.upstream}/
</VirtualHost>
`,
      },
    ],
    check: "apachectl configtest",
    reload: "systemctl reload apache2",
    explanation: [
      certificateFiles(files),
      "SSLCARevocationCheck chain checks the client's certificate and every authority above it: the file must hold the CRL of each of them, the root's too, or Apache refuses everybody. Without this line SSLCARevocationFile does nothing.",
      "A resumed session is not verified again: SSLSessionCache none and SSLSessionTickets off switch resumption off. They cost a whole handshake for each connection. SSLSessionCache none counts only where no other line of this name is read before it: in a file of its own it would leave on what ssl.conf switched on.",
      "SSLProtocol leaves TLS 1.2 and TLS 1.3.",
    ],
    openConnections: {
      bound: `With the reload, which is a graceful one, idle connections are closed at once, and others after the request that runs; one that neither sends nor takes anything for ${openSeconds} s is ended by Timeout.`,
      cost: "Each new CRL (at a revocation and at half of a CRL's life) closes the idle connections of everybody.",
    },
    limits: PROXY_LIMITS.apache,
  };
}
