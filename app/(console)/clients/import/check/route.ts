import { z } from "zod";
import { checkClientFile } from "#lib/access/client-import.ts";
import { answered } from "../../../posted.ts";

/** What is wrong with each line of a file of clients. Nothing is created. */
export async function POST(request: Request): Promise<Response> {
  return answered(request, z.object({ text: z.string() }), (installation, actor, { text }) =>
    checkClientFile(installation, actor, text),
  );
}
