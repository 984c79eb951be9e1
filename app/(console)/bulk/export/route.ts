import { z } from "zod";
import { EXPORT_FORMS, exportSelected } from "#lib/authority/bulk-export.ts";
import { installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";
import { pickedIds, rawText } from "#lib/web/form-schema.ts";
import { streamedAnswer } from "#lib/web/streamed-answer.ts";

const fields = z.object({ form: z.enum(EXPORT_FORMS), query: rawText.nullable(), ids: pickedIds });

/** The selected certificates as a file. It only reads; a POST, because a selection is longer than an address. */
export async function POST(request: Request): Promise<Response> {
  return streamedAnswer(async (actor) => {
    const sent = await request.formData();
    const { form, query, ids } = parsed(fields, {
      form: sent.get("form"),
      query: sent.get("query"),
      ids: sent.getAll("id"),
    });
    return exportSelected(installation(), actor, query === null ? { ids } : { query }, form);
  });
}
