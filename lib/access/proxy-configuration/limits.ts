import type { ProxyName } from "./proxy-setup.ts";

/**
 * What proxies cannot do about revoked client certificates, as measured with nginx 1.22, HAProxy 2.6, Apache 2.4,
 * stunnel 5.68 and Caddy 2.6; of Traefik by its documentation.
 */
export const PROXY_LIMITS: Record<ProxyName, readonly string[]> = {
  nginx: [
    "It reads the CRL file when it starts and when it is reloaded, at no other time.",
    "A request that runs when it is reloaded goes on until the bound; nothing ends it at once but a restart.",
    "When one CRL of the file has ended or is missing, it refuses every client below it, with 400 and “FAILED:CRL has expired” or “FAILED:unable to get certificate CRL”. The second also hides other faults: a client of a foreign authority is logged so too.",
    "It says 400 after a complete handshake: a revoked client learns of it by the answer to a request, not by an alert.",
  ],
  haproxy: [
    "It reads the CRL file at start and reload. Its command “commit ssl crl-file” needs no reload, but keeps open connections and, where resumption is on, sessions: it is not used here.",
    "It has no limit of depth for a client's path, and asks no OCSP responder about clients.",
    "When one CRL of the file has ended or is missing, every client below it is refused.",
  ],
  apache: [
    "It reads the CRL file at start and reload.",
    "A request that runs when it is reloaded is served to its end, however long that takes: a download or a WebSocket outlives the revocation. Only “systemctl restart apache2” ends them.",
    "Session resumption is switched off for the whole server, not for one virtual host.",
    "When one CRL of the file has ended or is missing, every client below it is refused.",
  ],
  stunnel: [
    "It checks the client's own certificate only: one whose issuing authority was revoked is admitted. Take a revoked authority out of the file of authorities.",
    "It forwards octets and knows no requests: no reload ends an open connection, so each new CRL restarts it.",
    "When the CRL of the client's issuer has ended or is missing, every client of it is refused.",
  ],
};

/** Proxies that cannot be set up here, and why. */
export const WITHOUT_REVOCATION: readonly { name: string; why: string }[] = [
  {
    name: "Caddy",
    why: "checks neither CRLs nor OCSP of client certificates: one that is revoked is admitted until it ends. Connect it under Proxies, so that it asks about each request; or use certificates that live for hours.",
  },
  {
    name: "Traefik",
    why: "checks neither CRLs nor OCSP of client certificates: one that is revoked is admitted until it ends. Connect it under Proxies, so that it asks about each request; or use certificates that live for hours.",
  },
];
