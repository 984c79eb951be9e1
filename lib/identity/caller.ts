/**
 * The header in which the console's listener states the caller's address. It overwrites whatever
 * a caller sent under this name, so that the limits per address cannot be dodged.
 */
export const CALLER_ADDRESS_HEADER = "x-countersign-caller";

/** What the edge knows about the request of a person; made once per request. */
export interface Caller {
  /** IP address as the console's listener states it; empty when unknown. */
  address: string;
  userAgent: string;
  /** The Cookie header. */
  cookies: string;
  requestId: string;
}
