import { z } from "@hono/zod-openapi";
import { isReference } from "#lib/reference.ts";

/** Times in answers. */
export const time = z.iso.datetime();

/** Times in requests. */
export const givenTime = z.iso
  .datetime({ error: "is no time like 2027-01-31T12:00:00Z" })
  .transform((text) => new Date(text))
  .openapi({ type: "string", format: "date-time" });

/** Ids and short names in requests; nothing else is looked for. */
export const givenReference = z.string().refine(isReference, { error: "is no id" });

/**
 * A value as a schema describes it: times become text, and what is not described stays here.
 *
 * @throws whatever the schema says of a value that is not as described: a mistake of ours
 */
export function described<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  return schema.parse(withTextTimes(value));
}

function withTextTimes(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(withTextTimes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withTextTimes(each)]));
}

const limitError = (max: number) => `must be a whole number from 1 to ${max}`;

/** Parameters of a list that is read page by page. @param max of a page */
export function pageParameters(max: number) {
  const error = limitError(max);
  return {
    limit: z.coerce
      .number({ error })
      .int({ error })
      .min(1, { error })
      .max(max, { error })
      .optional()
      .openapi({ description: "50 when absent." }),
    after: z
      .string()
      .max(300, { error: "is no cursor of this list" })
      .refine((cursor) => !cursor.includes("\0"), { error: "is no cursor of this list" })
      .optional()
      .openapi({ description: "`next` of the page before." }),
  };
}

/** Part of a name that is searched for. */
export const searched = z
  .string()
  .max(200, { error: "is longer than 200 characters" })
  .refine((text) => !text.includes("\0"), { error: "holds a character that no name has" })
  .optional();

/** The response of a route that answers with one JSON value. */
export function answers<S extends z.ZodType>(description: string, schema: S) {
  return { description, content: { "application/json": { schema } } };
}

/** The request body of a route, for its description: it is parsed by hand, in bounds. */
export function accepts<S extends z.ZodType>(schema: S) {
  return { required: true, content: { "application/json": { schema } } };
}
