import { startIssuance } from "#lib/authority/bulk-file-start.ts";
import { answered } from "../../../posted.ts";
import { wishesSchema } from "../wishes.ts";

/** Starts issuing for the rows that pass. Answers the run. */
export async function POST(request: Request): Promise<Response> {
  return answered(request, wishesSchema, async (installation, actor, wishes) => ({
    run: await startIssuance(installation, actor, wishes),
  }));
}
