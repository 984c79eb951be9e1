/**
 * What is wrong with a field, in a sentence that begins with the field's label: a schema's finding reads
 * `rules.names.max: needs …`, a rule of ours is a sentence already.
 *
 * @param field path of the field
 * @param label as it stands above the control
 */
export function spokenViolation(field: string, detail: string, label: string | undefined): string {
  if (!detail.startsWith(`${field}: `)) return detail;
  const finding = detail.slice(field.length + 2);
  const name = label ?? "This";
  return /^[a-z]/.test(finding)
    ? `${name} ${finding}`
    : `${name}: ${finding.charAt(0).toLowerCase()}${finding.slice(1)}`;
}
