import { redirect } from "next/navigation";
import { DomainError } from "#lib/errors.ts";

/**
 * Reads a page of a list; a place that is none leads to the first one.
 *
 * @param path where the list begins
 * @throws DomainError whatever `read` throws but `malformed`
 */
export async function orFirstPage<Page>(path: string, read: () => Promise<Page>): Promise<Page> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DomainError && error.code === "malformed") redirect(path);
    throw error;
  }
}
