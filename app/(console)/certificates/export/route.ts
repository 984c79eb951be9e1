import type { NextRequest } from "next/server";
import { installation } from "#lib/installation.ts";
import { certificateCsv } from "#lib/inventory/certificate-csv.ts";
import { parseFilter } from "#lib/inventory/certificate-filter.ts";
import { parseSort } from "#lib/inventory/certificate-order.ts";
import { streamedAnswer } from "#lib/web/streamed-answer.ts";

/** The certificates that the list shows under the same address, as CSV. */
export async function GET(request: NextRequest): Promise<Response> {
  return streamedAnswer(async (actor) => {
    const { searchParams } = request.nextUrl;
    const parameters = Object.fromEntries(
      [...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)]),
    );
    return certificateCsv(installation(), actor, parseFilter(parameters), parseSort(parameters.sort?.[0]));
  });
}
