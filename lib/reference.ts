/**
 * Whether a text can be an id, a short name, a serial number or a fingerprint at all. Nothing else needs
 * looking for, and PostgreSQL cannot even be asked for a NUL.
 *
 * @param text from an address or a form
 */
export function isReference(text: string): boolean {
  return text.length <= 255 && /^[A-Za-z0-9-]+$/.test(text);
}
