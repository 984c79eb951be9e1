/** One fact that a change replaced. */
export interface ChangedFact {
  /** `rules.lifetime.maxSeconds` */
  path: string;
  before: string;
  after: string;
}

/** What differs between the before and the after of an event; null when it does not tell both. */
export function changedFacts(details: Readonly<Record<string, unknown>>): ChangedFact[] | null {
  const { before, after } = details;
  if (!isObject(before) || !isObject(after)) return null;
  const old = flat(before);
  const fresh = flat(after);
  return (
    [...new Set([...old.keys(), ...fresh.keys()])]
      // What an event leaves out of its before was not changed by it.
      .filter((path) => old.has(path) && old.get(path) !== fresh.get(path))
      .map((path) => ({ path, before: old.get(path) ?? "", after: fresh.get(path) ?? "" }))
  );
}

function flat(value: Record<string, unknown>, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, member] of Object.entries(value)) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (isObject(member)) for (const [inner, text] of flat(member, path)) found.set(inner, text);
    else found.set(path, spoken(member));
  }
  return found;
}

function spoken(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(spoken).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
