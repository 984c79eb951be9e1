/** Tokens of User-Agent texts, the telling ones first: Edge also says Chrome, and Chrome says Safari. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:HeadlessChrome|Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/** A browser and its system in two words. @param userAgent the header's text; a hint, no proof */
export function browserOf(userAgent: string): string {
  const browser = BROWSERS.find(([token]) => token.test(userAgent))?.[1] ?? "Unknown browser";
  const system = SYSTEMS.find(([token]) => token.test(userAgent))?.[1];
  return system === undefined ? browser : `${browser} on ${system}`;
}
