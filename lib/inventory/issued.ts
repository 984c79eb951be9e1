/**
 * The certificates that were issued: all but reservations that are under way or were given up. Said this way
 * round because nearly every row is issued: asked for by equality, SQLite goes by the index that begins with
 * the status and sorts the whole table, instead of walking along the index of the order that is asked for.
 */
export const ISSUED = { status: { notIn: ["reserved", "abandoned"] } };
