import { FETCH_SCRIPTS, type FetchScriptName, fetchScript } from "#lib/access/fetch-script.ts";
import type { ProtocolApplication, ProtocolContext } from "#lib/protocol/application.ts";
import { isUnchanged } from "#lib/protocol/conditional.ts";

/** The scripts that proxies need, where they reach this instance anyway. */
export function fetchScriptRoute(application: ProtocolApplication, { installation }: ProtocolContext): void {
  for (const name of Object.keys(FETCH_SCRIPTS) as FetchScriptName[])
    application.get(`/${FETCH_SCRIPTS[name]}`, async (c) => {
      const { text, sha256 } = await fetchScript(installation, name);
      const etag = `"${sha256.slice(0, 32)}"`;
      const headers = { "Cache-Control": "public, max-age=300", ETag: etag };
      if (isUnchanged((header) => c.req.header(header), { etag, lastModified: null })) {
        return c.body(null, 304, headers);
      }
      const type = FETCH_SCRIPTS[name].endsWith(".sh") ? "text/x-shellscript" : "text/x-lua";
      return c.body(text, 200, { "Content-Type": `${type}; charset=utf-8`, ...headers });
    });
}
