import { harmless } from "#components/ui/harmless-text.ts";

/** What cannot be said of use; null when everything is told. @param proxies names of those that do not report it */
export function untoldWords(proxies: readonly string[]): string | null {
  if (proxies.length === 0) return null;
  const names = [...new Set(proxies)].map(harmless).join(", ");
  return `Use through ${names} is not known: it decides from a file.`;
}
