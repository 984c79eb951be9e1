import { z } from "zod";
import { isReference } from "#lib/reference.ts";
import { deceptionOfParagraph, readable } from "#lib/x509/readable-text.ts";

/** The longest text of a form's field, in characters; what is longer belongs in an upload. */
const FIELD_LENGTH_MAX = 10_000;

/** Text as it is typed, whatever it holds: passwords and questions to a search. */
export const rawText = z.string({ error: "is missing" }).max(FIELD_LENGTH_MAX, { error: "is too long" });

/** Ids of what was picked; what cannot be one is passed over, as ids of what is gone are. */
export const pickedIds = z.array(rawText).transform((ids) => ids.filter(isReference));

/** A line or paragraph of text; the domain says what else it must look like. */
export const text = rawText.superRefine(readable(deceptionOfParagraph));

/** A whole number that a form sends as text. */
export const wholeNumber = z.coerce.number({ error: "must be a number" }).int({ error: "must be whole" });

/**
 * The schema of an action that takes a form: each field once, but all values of a list.
 *
 * @param shape field name → schema
 */
export function formSchema<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((input) => {
    if (!(input instanceof FormData)) return input;
    return Object.fromEntries(
      Object.entries(shape).map(([name, schema]) => [
        name,
        schema instanceof z.ZodArray ? input.getAll(name) : (input.get(name) ?? undefined),
      ]),
    );
  }, z.object(shape));
}
