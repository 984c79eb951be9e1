"use server";

import { z } from "zod";
import { verifierView } from "#lib/authority/verifier-view.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

/** What a verifier finds at the addresses that an authority's certificates print. */
export const checkAsVerifier = action
  .inputSchema(z.object({ authority: text }))
  .action(({ parsedInput: { authority }, ctx: { installation, actor } }) =>
    verifierView(installation, actor, authority),
  );
