import type { IdentityHeader } from "#lib/access/proxy-input.ts";
import { readBase64Der } from "./base64-der.ts";
import { readEscapedPem } from "./escaped-pem.ts";
import { readForwardedClientCert } from "./forwarded-client-cert.ts";
import type { IdentityResult, RequestHeaders } from "./identity-certificate.ts";
import { readClientCert } from "./rfc9440.ts";

/** How each of the headers is read. Whatever else a request has is not looked at. */
const READERS: Record<IdentityHeader, (headers: RequestHeaders) => IdentityResult> = {
  "client-cert": readClientCert,
  "x-client-cert-pem": (headers) => readEscapedPem(headers, "x-client-cert-pem"),
  "x-client-cert-der": (headers) => readBase64Der(headers, "x-client-cert-der"),
  "x-forwarded-client-cert": readForwardedClientCert,
  "x-forwarded-tls-client-cert": (headers) => readBase64Der(headers, "x-forwarded-tls-client-cert"),
};

/** The certificates that a proxy passes on, in the one header that it is known to use. */
export function readIdentityHeader(header: IdentityHeader, headers: RequestHeaders): IdentityResult {
  return READERS[header](headers);
}
