/** A name that counts under an authority. */
export interface CountingName {
  nameType: "uri" | "dns" | "commonName";
  nameValue: string;
}

/** Whether a pattern fits so much that somebody should say that it is meant: everything, or all of a domain's end. */
export function isWideName({ nameType, nameValue }: CountingName): boolean {
  if (nameType === "dns") return /^\*\.[^.]+$/.test(nameValue);
  return nameType === "uri" && /^[^/]+:\/\/[^/]+\/\*$/.test(nameValue);
}
