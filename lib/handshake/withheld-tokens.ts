/** Tokens of proxies and of programs (lib/identity/api-token-format.ts), or so much of one as a cut left. */
const TOKEN = /(cs[np]_)[0-9A-Za-z]{8,100}/g;

/** A line with tokens of ours left out, wherever somebody wrote them: lines are stored, and shown to many. */
export function withoutTokens(line: string): string {
  return line.includes("csp_") || line.includes("csn_") ? line.replace(TOKEN, "$1…") : line;
}
