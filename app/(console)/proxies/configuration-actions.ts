"use server";

import { z } from "zod";
import { action } from "#lib/web/action.ts";
import { rawText, text } from "#lib/web/form-schema.ts";
import { writtenConfiguration } from "./written-configuration.ts";

/** Writes the configuration of a proxy, with a place for the token in it. */
export const writeConfiguration = action
  .inputSchema(
    z.object({
      proxy: text,
      service: text,
      way: z.enum(["asks", "file"]),
      serverName: rawText,
      port: rawText,
      upstream: rawText,
      planes: rawText,
    }),
  )
  .action(({ parsedInput, ctx: { installation, actor } }) =>
    writtenConfiguration(installation, actor, parsedInput),
  );
