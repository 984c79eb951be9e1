import type { AllowlistFormat } from "#lib/access/allowlist/allowlist-format.ts";
import type { AccessConfiguration, AccessPart, AccessSetup } from "./access-setup.ts";

/** The configuration of a proxy that reads from a file who may enter. */
export interface AllowlistConfiguration extends AccessConfiguration {
  format: AllowlistFormat;
  /**
   * What the fetch script runs when there is a new list: a command that says whether the proxy takes it, and one after
   * which the proxy uses it. Null where the proxy needs none.
   */
  taking: { check: string | null; reload: string | null };
}

/** Bound of connections that are open when a list is reloaded, in seconds. */
export const OPEN_SECONDS = 30;

/** The token, for the fetch script. */
export function tokenPart({ files, token }: Pick<AccessSetup, "files" | "token">): AccessPart {
  return {
    file: files.token,
    place: "A file of its own, readable by root alone: for the fetch script, not for the proxy",
    text: `${token}\n`,
    isSecret: true,
  };
}

/** What proxies that decide themselves have in common. */
export const DECIDED_EACH_TIME =
  "Each request is looked up anew: where the list says no, a resumed TLS session is of no use either.";

/** What no file tells a proxy. */
export const ALLOWLIST_LIMITS: readonly string[] = [
  "Clients that were granted paths or methods only are refused: the proxy knows neither. They are named in the head of the list and counted in the console.",
  "Whoever is refused is not seen in the console, nor is any use: the proxy asks nobody.",
  "While no plane is reached, it goes on with the list it has; the fetch script complains after a minute.",
  "When it is retired here, its token is replaced or the service is taken from it, it gets no newer list and goes on with the one it has: whoever is suspended or revoked after that still enters. The fetch script complains at once; stop the proxy on its machine, or give it the new token.",
];
