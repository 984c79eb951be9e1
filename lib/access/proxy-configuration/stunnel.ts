import { PROXY_LIMITS } from "./limits.ts";
import { certificateFiles, listenOn, type ProxyConfiguration, type ProxySetup } from "./proxy-setup.ts";

/** stunnel (5.58 or later); the fetch script restarts it. */
export function stunnelWithCrl(setup: ProxySetup): ProxyConfiguration {
  const { files, serverName } = setup;
  return {
    proxy: "stunnel",
    parts: [
      {
        file: files.configuration,
        place: "A file of its own",
        text: `foreground = yes

[${serverName}]
accept = ${listenOn(setup, "")}
connect = ${setup.upstream}
cert = ${files.certificate}
key = ${files.key}
sslVersionMin = TLSv1.2

verifyChain = yes
CAfile = ${files.clients}
CRLfile = ${files.crl}

sessionResume = no
options = NO_TICKET
`,
      },
    ],
    check: `openssl crl -in ${files.crl} -noout -nextupdate`,
    reload: `systemctl restart stunnel@${serverName}`,
    explanation: [
      certificateFiles(files),
      "verifyChain demands a client certificate below the authorities in CAfile, and CRLfile the CRL of its issuer.",
      "A resumed session is not verified again: sessionResume = no and NO_TICKET switch resumption off. It costs a whole handshake for each connection.",
      `foreground = yes is for systemctl enable --now stunnel@${serverName}, which reads the file of that name.`,
    ],
    openConnections: {
      bound: "The restart ends every open connection.",
      cost: "Each new CRL (at a revocation and at half of a CRL's life) cuts off everybody, and for a moment nobody can connect.",
    },
    limits: PROXY_LIMITS.stunnel,
  };
}
