import { fetchScript } from "#lib/access/fetch-script.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { isUnchanged } from "#lib/protocol/conditional.ts";

/** The script that keeps a proxy's CRL file fresh, where proxies reach this instance anyway. */
export function fetchScriptRoute(application: ProtocolApplication, { installation }: ProtocolContext): void {
  application.get("/countersign-fetch-crl.sh", async (c) => {
    const { text, sha256 } = await fetchScript(installation);
    const etag = `"${sha256.slice(0, 32)}"`;
    const headers = { "Cache-Control": "public, max-age=300", ETag: etag };
    if (isUnchanged((name) => c.req.header(name), { etag, lastModified: null })) {
      return c.body(null, 304, headers);
    }
    return c.body(text, 200, { "Content-Type": "text/x-shellscript; charset=utf-8", ...headers });
  });
}
