/** Without characters that look alike, and none that a shell or a keyboard of another country spoils. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS = 5;
const GROUP_LENGTH = 5;

/**
 * A password of 125 random bits in five groups, which can be typed from one screen into another
 * machine. Works in browsers and in Node.
 */
export function strongPassword(): string {
  const random = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_LENGTH));
  // 32 letters divide 256, so that none of them is likelier than another.
  const letters = Array.from(random, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return letters.replaceAll(/.{5}(?=.)/g, "$&-");
}
