import { type AccessSetup, plainName } from "./access-setup.ts";
import {
  ALLOWLIST_LIMITS,
  type AllowlistConfiguration,
  DECIDED_EACH_TIME,
  tokenPart,
} from "./allowlist-setup.ts";
import { FOREIGN_HEADERS } from "./application-headers.ts";
import { TRUSTED_AUTHORITIES } from "./caddy-decision.ts";
import { certificateFiles } from "./proxy-setup.ts";

/** Caddy (2.6 or later) that looks clients up in a map, which the fetch script keeps fresh. */
export function caddyWithAllowlist(setup: AccessSetup): AllowlistConfiguration {
  const { files, service, address, serverName, port, clientAuthorities } = setup;
  const name = plainName(service);
  return {
    kind: "caddy",
    way: "file",
    format: "caddy",
    parts: [
      tokenPart(setup),
      {
        file: files.configuration,
        place: "At the end",
        text: `https://${serverName}:${port} {
${address === null ? "" : `\tbind ${address}\n`}\ttls ${files.certificate} ${files.key} {
		client_auth {
			mode require_and_verify
${clientAuthorities.map((der) => `\t\t\ttrusted_ca_cert ${der}`).join("\n")}
		}
	}
	route {
		map {http.request.tls.client.fingerprint} {${name}} {
			default ""
			import ${files.allowlist}
		}
		map {${name}} {${name}_id} {${name}_name} {
			~^([^/]+)/(.+)$ "\${1}" "\${2}"
			default "" ""
		}
		request_header -X-Countersign-*
${FOREIGN_HEADERS.map((header) => `\t\trequest_header -${header}`).join("\n")}
		request_header -*_*
		@listed header_regexp Connection (?i)x-countersign
		request_header @listed -Connection
		request_header X-Countersign-Client-Id {${name}_id}
		request_header X-Countersign-Client-Name {${name}_name}
		request_header X-Countersign-Scopes all
		request_header X-Countersign-Reason granted

		@granted vars_regexp {${name}} ^[^/]+/.
		reverse_proxy @granted ${setup.upstream}
		respond 403
	}
}
`,
        isSecret: false,
      },
    ],
    check: `caddy validate --adapter caddyfile --config ${files.configuration}`,
    reload: "systemctl reload caddy",
    taking: {
      check: `caddy validate --adapter caddyfile --config ${files.configuration}`,
      reload: "systemctl reload caddy",
    },
    explanation: [
      certificateFiles(files).replace("readable by root alone", "readable by the user of Caddy alone"),
      TRUSTED_AUTHORITIES,
      "The map says of each certificate that may enter who it is. Its key is the SHA-256 of the whole certificate.",
      "route keeps the lines in this order: first it is looked up who calls, then what the client says of itself is taken away, then the request is served where somebody was found. Whatever is left gets 403.",
      "-*_* takes away headers with an underscore in their name, which some applications take for the same as one with a hyphen; @listed lets no client declare our headers to be for Caddy alone.",
      `${DECIDED_EACH_TIME} Caddy cannot switch resumption off in its Caddyfile.`,
    ],
    openConnections: {
      bound:
        "With the reload, idle connections are closed at once and others after the request that runs, however long that takes; grace_period in the global options sets a bound.",
      cost: "Each new list closes the idle connections of everybody.",
    },
    limits: [
      ...ALLOWLIST_LIMITS,
      "A client without a certificate, or with one that has ended or that Caddy cannot verify, fails in the handshake.",
      "Now and then a reload ends a connection that is just being made: one in 40 reloads, where it was measured. Clients must try again.",
      "Caddy takes about a second to read a list of ten thousand clients, once to check and once to load it, and goes through it from the begin with each request: with more clients another proxy is the better choice, or Caddy that asks.",
    ],
    isRun: true,
  };
}
