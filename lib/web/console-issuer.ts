import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { installation } from "#lib/installation.ts";

const kept = globalThis as typeof globalThis & { countersignConsoleIssuer?: Issuer };

/** This process's issuer for what people ask in the console. On globalThis: Next bundles modules twice. */
export function consoleIssuer(): Issuer {
  kept.countersignConsoleIssuer ??= inlineIssuer(installation());
  return kept.countersignConsoleIssuer;
}
