import { checkFile } from "#lib/authority/bulk-file-check.ts";
import { answered } from "../../../posted.ts";
import { wishesSchema } from "../wishes.ts";

/** A verdict on every row of a file. Nothing is issued. */
export async function POST(request: Request): Promise<Response> {
  return answered(request, wishesSchema, async (installation, actor, wishes) => {
    const rows = await checkFile(installation, actor, wishes);
    return rows.map(({ item, ...row }) => ({ ...row, passes: item !== undefined }));
  });
}
