import {
  type AccessConfiguration,
  type AccessSetup,
  ASKED_EACH_TIME,
  OPEN_WHEN_ASKED,
} from "./access-setup.ts";
import { FOREIGN_HEADERS, OUR_HEADERS, REQUEST_HEADERS } from "./application-headers.ts";
import { certificateFiles } from "./proxy-setup.ts";

/** Why they stand where they are used. */
export const TRUSTED_AUTHORITIES =
  "trusted_ca_cert holds the authorities of the clients, as they are now: of a file with several, Caddy before 2.8 reads the first only. Take this configuration again when there is a new authority for clients.";

/** Caddy (2.6 or later) with forward_auth. It verifies the chain; who it is, and what it may do, is asked here. */
export function caddyWithDecision(setup: AccessSetup): AccessConfiguration {
  const { planes, planeName, service, token, files, address, serverName, port, clientAuthorities } = setup;
  return {
    kind: "caddy",
    way: "asks",
    parts: [
      {
        file: files.token,
        place: "A file of its own, readable by the user of Caddy alone",
        text: `header_up Authorization "Bearer ${token}"\n`,
        isSecret: true,
      },
      {
        file: files.configuration,
        place: "At the end",
        text: `https://${serverName}:${port} {
${address === null ? "" : `\tbind ${address}\n`}\ttls ${files.certificate} ${files.key} {
		client_auth {
			mode verify_if_given
${clientAuthorities.map((der) => `\t\t\ttrusted_ca_cert ${der}`).join("\n")}
		}
	}
	route {
		request_header -X-Countersign-*
${FOREIGN_HEADERS.map((header) => `\t\trequest_header -${header}`).join("\n")}
		request_header -*_*
		@listed header_regexp Connection (?i)x-c
		request_header @listed -Connection

		request_header X-Client-Cert-DER {http.request.tls.client.certificate_der_base64}
		@uncertified header_regexp X-Client-Cert-DER ^\\{
		request_header @uncertified -X-Client-Cert-DER
		forward_auth ${planes.map((plane) => `https://${plane}`).join(" ")} {
			uri /v1/decision/${service}
			import ${files.token}
${REQUEST_HEADERS.map((header) => `\t\t\theader_up -${header}`).join("\n")}
			copy_headers ${OUR_HEADERS.join(" ")}

			lb_policy round_robin
			lb_try_duration 3s
			lb_try_interval 50ms
			lb_retry_match path *
			max_fails 1
			fail_duration 2s
			unhealthy_status 503
			transport http {
				tls_trusted_ca_certs ${files.servers}
				tls_server_name ${planeName}
				dial_timeout 1s
				response_header_timeout 3s
			}
		}
		request_header -X-Client-Cert-DER
		@unnamed header_regexp X-Countersign-Client-Id ^\\{
		request_header @unnamed -X-Countersign-Client-*
		@unscoped header_regexp X-Countersign-Scopes ^\\{
		request_header @unscoped -X-Countersign-Scopes

		reverse_proxy ${setup.upstream}
	}
}
`,
        isSecret: false,
      },
    ],
    check: `caddy validate --adapter caddyfile --config ${files.configuration}`,
    reload: "systemctl reload caddy",
    explanation: [
      certificateFiles(files).replace("readable by root alone", "readable by the user of Caddy alone"),
      TRUSTED_AUTHORITIES,
      "verify_if_given lets Caddy answer 401 to whoever presents no certificate; one whose chain it cannot verify, or that has ended, gets no further than the handshake.",
      "route keeps the lines in this order: first what a client says of itself is taken away, then is asked, then served. handle would sort them by kind, and take our answer away again.",
      "forward_auth asks about each request: 200 lets it pass, 401 and 403 go back to the client. copy_headers takes from the answer who it is.",
      "-*_* takes away headers with an underscore in their name, which some applications take for the same as one with a hyphen; @listed lets no client declare our headers to be for Caddy alone; @uncertified, @unnamed and @unscoped are for Caddy before 2.9, which leaves the name of a variable where it has no value.",
      "When a plane does not answer, the next is asked for 3 s; when none does, Caddy answers 502: nobody enters.",
      ASKED_EACH_TIME,
    ],
    openConnections: OPEN_WHEN_ASKED,
    limits: [
      "A client whose certificate has ended fails in the handshake: it is not asked about, so it is not seen here.",
      "All headers of a request go with the question, cookies too; Authorization alone is replaced there, by the token.",
    ],
    isRun: true,
  };
}
