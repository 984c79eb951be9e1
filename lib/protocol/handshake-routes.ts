import type { TLSSocket } from "node:tls";
import { createRoute, z } from "@hono/zod-openapi";
import { DomainError } from "#lib/errors.ts";
import type { ProtocolApplication } from "#lib/protocol/application.ts";
import { PROBLEM_RESPONSES } from "#lib/protocol/certificate-schemas.ts";
import { parseCertificate } from "#lib/x509/certificate-reader.ts";
import { formatName } from "#lib/x509/name.ts";

const handshakeSchema = z
  .object({
    protocol: z.string().openapi({ example: "TLSv1.3" }),
    cipher: z.string(),
    client: z.object({
      subject: z.string().openapi({ description: "RFC 4514." }),
      names: z.array(z.string()),
      issuer: z.string(),
      serial: z.string(),
      sha256: z.string(),
      notAfter: z.iso.datetime(),
    }),
  })
  .openapi("Handshake");

const handshakeRoute = createRoute({
  method: "get",
  operationId: "getHandshake",
  path: "/v1/handshake",
  summary: "What this listener saw of your client certificate",
  description:
    "For trying a client's set-up: 200 when a certificate of one of our client authorities was presented and verified, 400 with the reason otherwise. Needs no token.",
  security: [],
  responses: {
    200: {
      description: "The certificate was verified.",
      content: { "application/json": { schema: handshakeSchema } },
    },
    ...PROBLEM_RESPONSES,
  },
});

/** /v1/handshake: mutual TLS against our own listener, without a proxy. */
export function handshakeRoutes(application: ProtocolApplication): void {
  application.openapi(handshakeRoute, (c) => {
    const socket = c.env.incoming.socket as TLSSocket;
    const presented = socket.getPeerX509Certificate();
    if (presented === undefined) throw refusal("No client certificate was presented.");
    if (!socket.authorized) {
      throw refusal(`The client certificate was not verified: ${String(socket.authorizationError)}.`);
    }
    const certificate = parseCertificate(presented.raw);
    return c.json(
      {
        protocol: socket.getProtocol() ?? "",
        cipher: socket.getCipher().standardName,
        client: {
          subject: formatName(certificate.subject),
          names: certificate.names.map((name) => `${name.type}:${name.value}`),
          issuer: formatName(certificate.issuer),
          serial: certificate.serialNumber,
          sha256: certificate.sha256,
          notAfter: certificate.notAfter.toISOString(),
        },
      },
      200,
    );
  });
}

function refusal(detail: string): DomainError {
  return new DomainError("malformed", detail, {
    violations: [{ field: "certificate", rule: "tls.client-certificate", detail }],
  });
}
