/**
 * Patterns for names in certificate profiles. `*` stands for one label of a DNS name or one segment of a
 * URI path, `**` for one or more of them; everything else stands for itself, without regard to case.
 */

/**
 * Whether a name fits a pattern. Takes time in proportion to the length of the one times that of the other,
 * whatever they hold: both may come from somebody who means harm.
 *
 * @param pattern as in a profile's rules
 * @param name as it would stand in the certificate
 * @param separator between labels or segments
 */
export function fitsPattern(pattern: string, name: string, separator: "." | "/"): boolean {
  const text = name.toLowerCase();
  // reached[n] is 1 when the part of the pattern walked so far fits the first n characters of the name.
  let reached = new Uint8Array(text.length + 1);
  reached[0] = 1;
  for (const step of stepsOf(pattern.toLowerCase())) {
    const next = new Uint8Array(text.length + 1);
    const repeats = step === "*" || step === "**";
    let isReachable = false;
    for (let position = 0; position < text.length; position++) {
      if (reached[position] === 0 && !(repeats && next[position] === 1)) continue;
      const character = text[position];
      if (step === "**" || (step === "*" ? character !== separator : character === step)) {
        next[position + 1] = 1;
        isReachable = true;
      }
    }
    if (!isReachable) return false;
    reached = next;
  }
  return reached[text.length] === 1;
}

/** `**`, `*` or one literal character at a time. */
function stepsOf(pattern: string): string[] {
  const steps: string[] = [];
  for (let position = 0; position < pattern.length; ) {
    const step = pattern.startsWith("**", position) ? "**" : pattern.charAt(position);
    steps.push(step);
    position += step.length;
  }
  return steps;
}
