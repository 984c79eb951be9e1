import { headers } from "next/headers";
import { cache } from "react";
import { newId } from "#lib/id.ts";
import { CALLER_ADDRESS_HEADER, type Caller } from "#lib/identity/caller.ts";

/** What this request tells of its caller; the same object for the whole request. */
export const currentCaller = cache(async (): Promise<Caller> => {
  const sent = await headers();
  return {
    address: sent.get(CALLER_ADDRESS_HEADER) ?? "",
    userAgent: sent.get("user-agent") ?? "",
    cookies: sent.get("cookie") ?? "",
    requestId: newId(),
  };
});
