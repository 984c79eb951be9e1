/**
 * The forms in which an allowlist is served, one for each way in which a proxy decides itself. All but json are keyed
 * by the strongest thing that the proxy can see of a client, and express grants of a whole service only.
 */
export const ALLOWLIST_FORMATS = ["json", "nginx", "haproxy", "apache", "caddy", "envoy"] as const;

export type AllowlistFormat = (typeof ALLOWLIST_FORMATS)[number];

/** Whether a text names a format. */
export function isAllowlistFormat(text: string): text is AllowlistFormat {
  return (ALLOWLIST_FORMATS as readonly string[]).includes(text);
}
