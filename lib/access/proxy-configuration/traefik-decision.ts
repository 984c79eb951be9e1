import {
  type AccessConfiguration,
  type AccessSetup,
  ASKED_EACH_TIME,
  OPEN_WHEN_ASKED,
} from "./access-setup.ts";
import { FOREIGN_HEADERS, OUR_HEADERS } from "./application-headers.ts";
import { certificateFiles, listenOn } from "./proxy-setup.ts";

/** Where Traefik listens for its own questions, on loopback. */
const OWN_PORT = 8180;

/**
 * Traefik (3.0 or later) with forwardAuth. It verifies the chain; who it is, and what it may do, is asked here.
 * Written by its documentation, never run.
 */
export function traefikWithDecision(setup: AccessSetup): AccessConfiguration {
  const { planes, planeName, service, token, files, serverName } = setup;
  const name = `countersign-${service}`;
  const removed = (headers: readonly string[]) =>
    headers.map((header) => `          ${header}: ""`).join("\n");
  return {
    kind: "traefik",
    way: "asks",
    parts: [
      {
        file: "/etc/traefik/traefik.yaml",
        place: "Beside the entry points and providers that are there",
        text: `entryPoints:
  ${name}-clients:
    address: "${listenOn(setup, ":")}"
  ${name}-planes:
    address: "127.0.0.1:${OWN_PORT}"
    forwardedHeaders:
      trustedIPs:
        - "127.0.0.1/32"
providers:
  file:
    directory: ${files.configuration.replace(/\/[^/]*$/, "")}
`,
        isSecret: false,
      },
      {
        file: files.configuration,
        place: "A file of its own, readable by the user of Traefik alone",
        text: `http:
  routers:
    ${name}-service:
      rule: "Host(\`${serverName}\`)"
      entryPoints:
        - ${name}-clients
      middlewares:
        - ${name}-taken-away
        - ${name}-certificate
        - ${name}-decision
        - ${name}-certificate-taken-away
      service: ${name}-service
      tls:
        options: ${name}
    ${name}-planes:
      rule: "Path(\`/v1/decision/${service}\`)"
      entryPoints:
        - ${name}-planes
      middlewares:
        - ${name}-retry
        - ${name}-token
      service: ${name}-planes

  middlewares:
    ${name}-taken-away:
      headers:
        customRequestHeaders:
${removed([...OUR_HEADERS.flatMap(spellings), ...FOREIGN_HEADERS])}
    ${name}-certificate:
      passTLSClientCert:
        pem: true
    ${name}-decision:
      forwardAuth:
        address: "http://127.0.0.1:${OWN_PORT}/v1/decision/${service}"
        trustForwardHeader: false
        authRequestHeaders:
          - X-Forwarded-Tls-Client-Cert
        authResponseHeaders:
${OUR_HEADERS.map((header) => `          - ${header}`).join("\n")}
    ${name}-certificate-taken-away:
      headers:
        customRequestHeaders:
${removed(["X-Forwarded-Tls-Client-Cert"])}
    ${name}-retry:
      retry:
        attempts: ${planes.length + 1}
        initialInterval: 50ms
    ${name}-token:
      headers:
        customRequestHeaders:
          Authorization: "Bearer ${token}"

  services:
    ${name}-service:
      loadBalancer:
        servers:
          - url: "http://${setup.upstream}"
    ${name}-planes:
      loadBalancer:
        serversTransport: ${name}
        passHostHeader: false
        healthCheck:
          path: /healthz/decisions
          interval: 1s
          timeout: 1s
        servers:
${planes.map((plane) => `          - url: "https://${plane}"`).join("\n")}

  serversTransports:
    ${name}:
      serverName: ${planeName}
      rootCAs:
        - ${files.servers}
      forwardingTimeouts:
        dialTimeout: 1s
        responseHeaderTimeout: 3s

tls:
  certificates:
    - certFile: ${files.certificate}
      keyFile: ${files.key}
  options:
    ${name}:
      minVersion: VersionTLS12
      clientAuth:
        caFiles:
          - ${files.clients}
        clientAuthType: RequireAndVerifyClientCert
`,
        isSecret: true,
      },
    ],
    check: null,
    reload: null,
    explanation: [
      certificateFiles(files).replace("readable by root alone", "readable by the user of Traefik alone"),
      "An entry in customRequestHeaders without a value takes the header away. What a client says of itself goes first, the certificate that Traefik itself passes on goes when it has been asked about.",
      "forwardAuth asks about each request: 2xx lets it pass, any other answer goes back to the client. authRequestHeaders lets nothing else of what the client sent go with the question.",
      `forwardAuth knows one address and no token, so Traefik asks itself on 127.0.0.1:${OWN_PORT}; there it adds the token, keeps watch over the planes, and tries another when one does not answer. When none does, nobody enters.`,
      "Traefik reads the second file again by itself when it changes; the first needs a restart.",
      ASKED_EACH_TIME,
    ],
    openConnections: OPEN_WHEN_ASKED,
    limits: [
      "This configuration was checked against the documentation of Traefik, and never run.",
      "A client without a certificate, or with one that has ended, fails in the handshake: it is not asked about, so it is not seen here.",
      "A client can name our headers in its header Connection, and Traefik may take them away then: an application must refuse what comes without X-Countersign-Reason.",
      `Any program on the proxy's machine can ask on 127.0.0.1:${OWN_PORT} who may enter, as Traefik does.`,
    ],
    isRun: false,
  };
}

/** A header in every spelling with underscores: to CGI, WSGI and others they are the same, to Traefik others. */
function spellings(header: string): string[] {
  const [first = "", ...others] = header.split("-");
  return others.reduce((all, part) => all.flatMap((each) => [`${each}-${part}`, `${each}_${part}`]), [first]);
}
