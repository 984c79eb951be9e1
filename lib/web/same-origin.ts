import { DomainError } from "#lib/errors.ts";

/**
 * Refuses a request that another site's page makes in the name of whoever is signed in here. Server actions
 * are guarded so by Next; a route handler that changes something asks for itself.
 *
 * @param publicUrl where people reach the console
 * @throws DomainError `forbidden`
 */
export function requireSameOrigin(request: Request, publicUrl: string): void {
  const origin = request.headers.get("origin");
  const own = [new URL(publicUrl).host, request.headers.get("host") ?? ""];
  const isOwn = origin !== null && URL.canParse(origin) && own.includes(new URL(origin).host);
  if (isOwn) return;
  throw new DomainError("forbidden", "This was sent from the page of another site, and is refused.");
}
