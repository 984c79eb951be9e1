import { notFound } from "next/navigation";
import { DomainError } from "#lib/errors.ts";

/**
 * Reads what a page shows. What is not there, or not for this person, is the same "nothing here".
 *
 * @param reading the promise of a domain function
 */
export async function orNothingHere<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof DomainError && (error.code === "notFound" || error.code === "forbidden")) notFound();
    throw error;
  }
}
