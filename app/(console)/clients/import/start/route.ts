import { revalidatePath } from "next/cache";
import { z } from "zod";
import { importClients } from "#lib/access/client-import.ts";
import { answered } from "../../../posted.ts";

const schema = z.object({ text: z.string(), mode: z.enum(["all", "each"]) });

/** Creates the clients of a file. */
export async function POST(request: Request): Promise<Response> {
  return answered(request, schema, async (installation, actor, wishes) => {
    const outcome = await importClients(installation, actor, wishes);
    revalidatePath("/clients", "layout");
    return outcome;
  });
}
