import type { ServiceDraft } from "#components/service/service-draft.ts";

type Demands = Pick<ServiceDraft, "minimumStrength" | "authorities">;

/** Whose certificates a service takes no more once it is changed, in sentences. */
export function refusedBy(start: Demands, draft: Demands): string[] {
  const sentences: string[] = [];
  if (Number(draft.minimumStrength) > Number(start.minimumStrength)) {
    sentences.push("Whoever has a weaker key is refused, whatever is granted.");
  }
  // None stands for all.
  const isNarrower =
    draft.authorities.length > 0 &&
    (start.authorities.length === 0 || start.authorities.some((id) => !draft.authorities.includes(id)));
  if (isNarrower) {
    sentences.push(
      "Whoever has a certificate of an authority that is not marked is refused, whatever is granted.",
    );
  }
  return sentences;
}
