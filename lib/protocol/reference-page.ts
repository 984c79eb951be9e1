import { html, raw } from "hono/html";

/** The parts of an OpenAPI document that the page shows. */
interface Description {
  info: { title: string };
  paths?: object | undefined;
}

interface Operation {
  summary?: string;
  description?: string;
  requestBody?: { content?: Record<string, unknown> };
  responses?: Record<string, { description?: string }>;
}

/**
 * The REST API for reading in a browser, made from the same document that programs load. One page
 * without scripts, so that it works wherever curl does.
 */
export function referencePage(description: Description) {
  const operations = Object.entries(
    (description.paths ?? {}) as Record<string, Record<string, Operation>>,
  ).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${description.info.title} REST API</title>
<style>${raw(STYLE)}</style>
</head>
<body><main>
<h1>${description.info.title} REST API</h1>
<p>Send <code>Authorization: Bearer csn_…</code> with a token from the console (Settings, API tokens). Refusals are
problem documents (RFC 9457) that name the field and the rule. For programs: <a href="/v1/openapi.json">openapi.json</a>.</p>
<pre><code>openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -subj / \\
  -addext subjectAltName=DNS:api.example.com -out request.pem
curl --cacert servers.pem -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/pkcs10" \\
  -H "Accept: application/x-pem-file" --data-binary @request.pem "https://localhost:3443/v1/certificates?profile=server"</code></pre>
${operations.map(
  ({ path, method, operation }) => html`<section>
<h2><span>${method.toUpperCase()}</span> ${path}</h2>
<p>${operation.summary ?? ""}</p>
${operation.description ? html`<p>${operation.description}</p>` : ""}
<p>Answers: ${Object.entries(operation.responses ?? {})
    .map(([status, response]) => `${status} ${response.description ?? ""}`)
    .join(" · ")}</p>
</section>`,
)}
<h2>Shapes</h2>
<pre><code>${JSON.stringify((description as { components?: { schemas?: unknown } }).components?.schemas ?? {}, null, 2)}</code></pre>
</main></body></html>`;
}

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; } h2 { font: 600 1rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
h2 span { display: inline-block; min-width: 3.5rem; }
section { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding-top: .5rem; }
pre { overflow: auto; padding: .75rem 1rem; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 6px; }
code { font: 13px/1.5 ui-monospace, monospace; }
`;
