import { cookies, headers } from "next/headers";
import { newId } from "#lib/id.ts";
import { CALLER_ADDRESS_HEADER, type Caller } from "#lib/identity/caller.ts";

/** In which proxy.ts states the id of the request. */
const REQUEST_HEADER = "x-countersign-request";

/** What this request tells of its caller. */
export async function currentCaller(): Promise<Caller> {
  const [sent, jar] = await Promise.all([headers(), cookies()]);
  return {
    address: sent.get(CALLER_ADDRESS_HEADER) ?? "",
    userAgent: sent.get("user-agent") ?? "",
    // Not the header: after an action that exchanged the session, the page is rendered with the new one.
    cookies: jar
      .getAll()
      .map(({ name, value }) => `${name}=${encodeURIComponent(value)}`)
      .join("; "),
    requestId: sent.get(REQUEST_HEADER) ?? newId(),
  };
}
