/** A command or piece of configuration that somebody copies. */
export interface CheckCommand {
  /** What it shows or does, in a sentence. */
  purpose: string;
  /** Above the block: the program or file. */
  title: string;
  code: string;
}

interface CertificateFacts {
  /** File name without ending, as the downloads have it. */
  fileStem: string;
  /** URL of the trust bundle of its issuer. */
  trustUrl: string;
  usages: readonly ("server" | "client")[];
  /** A name under which a server with this certificate is reached. */
  serverName: string | null;
  /** How many certificates stand between it and its root. */
  intermediates: number;
}

/** Commands with which a person convinces themselves, without trusting this console, and puts the certificate to use. */
export function checkCommands(facts: CertificateFacts): CheckCommand[] {
  const { fileStem, usages } = facts;
  const server = usages.includes("server");
  const client = usages.includes("client");
  const purpose = server ? "sslserver" : client ? "sslclient" : "any";
  return [
    {
      purpose: "Fetches the authorities above it and checks the chain, strictly.",
      title: "openssl verify",
      code: `curl -fsS -o trust.pem \\\n  ${facts.trustUrl}\nopenssl verify -x509_strict -purpose ${purpose} \\\n  -CAfile trust.pem ${fileStem}.crt`,
    },
    {
      purpose: "Shows everything that the certificate says.",
      title: "openssl x509",
      code: `openssl x509 -in ${fileStem}.crt -noout -text`,
    },
    {
      purpose: "Both lines are equal when the key belongs to the certificate.",
      title: "openssl pkey",
      code: `openssl x509 -in ${fileStem}.crt -noout -pubkey | sha256sum\nopenssl pkey -in ${fileStem}.key -pubout | sha256sum`,
    },
    ...(client ? clientCommands(facts) : []),
    ...(server ? serverCommands(facts) : []),
  ];
}

function clientCommands({ fileStem, intermediates }: CertificateFacts): CheckCommand[] {
  return [
    {
      purpose: "Calls a service as this client.",
      title: "curl",
      code: `curl --cert ${fileStem}.fullchain.pem \\\n  --key ${fileStem}.key \\\n  --cacert servers.pem https://service.example/`,
    },
    {
      purpose: "Lets clients of this authority in, and nobody else.",
      title: "nginx, in front of the service",
      code: `ssl_client_certificate /etc/nginx/trust.pem;\nssl_verify_client on;\nssl_verify_depth ${intermediates + 1};`,
    },
  ];
}

function serverCommands({ fileStem, serverName }: CertificateFacts): CheckCommand[] {
  const host = serverName ?? "localhost";
  return [
    {
      purpose: "Presents the certificate; the chain belongs in the same file.",
      title: "nginx, server",
      code: `server_name ${host};\nssl_certificate     /etc/nginx/${fileStem}.fullchain.pem;\nssl_certificate_key /etc/nginx/${fileStem}.key;`,
    },
    {
      purpose: "Asks the running server, as a client would.",
      title: "openssl s_client",
      code: `openssl s_client -connect ${host}:443 \\\n  -servername ${host} \\\n  -CAfile trust.pem -verify_return_error </dev/null`,
    },
  ];
}
