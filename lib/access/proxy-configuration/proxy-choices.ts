import { apacheWithCrl } from "./apache.ts";
import { haproxyWithCrl } from "./haproxy.ts";
import { nginxWithCrl, nginxWithOcsp } from "./nginx.ts";
import type { ProxyConfiguration, ProxyName, ProxySetup } from "./proxy-setup.ts";
import { stunnelWithCrl } from "./stunnel.ts";

interface ProxyChoice {
  label: string;
  proxy: ProxyName;
  /** @param resolver address of a DNS server, or null; only what asks by itself needs one */
  write(setup: ProxySetup, resolver: string | null): ProxyConfiguration;
}

/**
 * What one can choose from. Of these proxies nginx alone asks an OCSP responder about clients in a way that a
 * configuration can promise something of.
 */
export const PROXY_CHOICES = {
  nginx: { label: "nginx, CRL file", proxy: "nginx", write: nginxWithCrl },
  "nginx-ocsp": { label: "nginx, OCSP", proxy: "nginx", write: nginxWithOcsp },
  haproxy: { label: "HAProxy, CRL file", proxy: "haproxy", write: haproxyWithCrl },
  apache: { label: "Apache, CRL file", proxy: "apache", write: apacheWithCrl },
  stunnel: { label: "stunnel, CRL file", proxy: "stunnel", write: stunnelWithCrl },
} as const satisfies Record<string, ProxyChoice>;

export type ProxyChoiceName = keyof typeof PROXY_CHOICES;
