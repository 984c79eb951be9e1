/** What the edge knows about the request of a person; made once per request. */
export interface Caller {
  /** IP address as the console's listener states it; empty when unknown. */
  address: string;
  userAgent: string;
  /** The Cookie header. */
  cookies: string;
  requestId: string;
}
