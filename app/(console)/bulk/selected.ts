import { z } from "zod";
import { PICKED_MAX } from "#lib/authority/bulk-start.ts";
import { rawText, text } from "#lib/web/form-schema.ts";

/** What is selected in the list of certificates, as actions take it. */
export const selected = z.object({
  selection: z.union([
    z.strictObject({ ids: z.array(text).max(PICKED_MAX) }),
    z.strictObject({ query: rawText }),
  ]),
});
