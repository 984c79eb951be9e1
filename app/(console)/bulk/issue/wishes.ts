import { z } from "zod";
import { keyAlgorithmSchema } from "#lib/authority/bulk-run.ts";
import { text } from "#lib/web/form-schema.ts";

/** What the page of a file to issue from sends. */
export const wishesSchema = z.object({
  text: z.string(),
  profile: text,
  keyAlgorithm: keyAlgorithmSchema,
  leaveOutWarned: z.boolean().default(false),
});
