import type { Problem } from "#lib/web/problem.ts";

/** Refusals of HTTP itself (RFC 9110 §15.5), which no domain function knows of. */
const EDGE_PROBLEMS = {
  methodNotAllowed: { status: 405, title: "Another method is needed" },
  unsupportedMediaType: { status: 415, title: "The body is of a kind that is not read here" },
} as const;

/**
 * The answer to a request that is refused before the domain sees it.
 *
 * @param detail one sentence for a person
 * @param headers what the status asks for besides, e.g. `Allow`
 */
export function edgeProblem(
  kind: keyof typeof EDGE_PROBLEMS,
  detail: string,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  const document: Problem = {
    type: `urn:countersign:problem:${kind}`,
    ...EDGE_PROBLEMS[kind],
    detail,
    instance: `urn:countersign:request:${requestId}`,
  };
  return new Response(JSON.stringify(document), {
    status: document.status,
    headers: {
      ...headers,
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      "X-Request-Id": requestId,
    },
  });
}

/**
 * The methods that are answered at a path; empty when there is nothing at it.
 *
 * @param routes of the application, paths such as `/v1/certificates/:certificate`
 * @param path of the request
 */
export function methodsAt(routes: readonly { method: string; path: string }[], path: string): string[] {
  const asked = path.split("/");
  const found = routes.filter((route) => {
    const parts = route.path.split("/");
    return (
      route.method !== "ALL" &&
      parts.length === asked.length &&
      parts.every((part, index) => part === asked[index] || (part.startsWith(":") && asked[index] !== ""))
    );
  });
  const methods = new Set(found.map((route) => route.method));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}
