import { type NextRequest, NextResponse } from "next/server";
import { newId } from "#lib/id.ts";

/**
 * Security headers of every console answer. Authorization is not done here: each page and action
 * asks for itself.
 */
export function proxy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy(newNonce());

  // Next reads the nonce from the request's policy and puts it on every script that it writes.
  const forwarded = new Headers(request.headers);
  forwarded.set("Content-Security-Policy", policy);
  // One id for the log lines and audit events of this request, and the way back after signing in;
  // whatever a caller sends under these names is overwritten.
  forwarded.set("x-countersign-request", newId());
  forwarded.set("x-countersign-path", request.nextUrl.pathname + request.nextUrl.search);

  const response = NextResponse.next({ request: { headers: forwarded } });
  response.headers.set("Content-Security-Policy", policy);
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.set("Permissions-Policy", PERMISSIONS);
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("X-Content-Type-Options", "nosniff");
  if (isHttps(request)) response.headers.set("Strict-Transport-Security", "max-age=31536000");
  return response;
}

/**
 * All but the uploads of certificates and CRLs: for a request that comes by here Next keeps the body in memory, up to
 * 10 MB, and cuts off the rest. Their answers need no policy: they are never shown as a page.
 */
export const config = { matcher: ["/((?!(?:certificates/import|revocation/sources)/upload$).*)"] };

/** Passkeys are ours alone; what a console never needs is off. */
const PERMISSIONS = [
  "publickey-credentials-create=(self)",
  "publickey-credentials-get=(self)",
  "clipboard-write=(self)",
  "camera=()",
  "geolocation=()",
  "microphone=()",
  "payment=()",
  "usb=()",
].join(", ");

function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    // Bars, charts and popovers are placed by style attributes, which carry no nonce.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** 128 bits, base64. */
function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/**
 * Browsers ignore HSTS that arrives over http (RFC 6797 §8.1), so a forged X-Forwarded-Proto does
 * no harm here and need not come from a trusted proxy.
 */
function isHttps(request: NextRequest): boolean {
  const forwarded = request.headers.get("x-forwarded-proto")?.split(",")[0]?.trim();
  return (forwarded ?? request.nextUrl.protocol.replace(":", "")) === "https";
}
