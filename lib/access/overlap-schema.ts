import { z } from "zod";
import { OVERLAPS } from "#lib/access/overlap.ts";

const NAMES = OVERLAPS.map(({ name }) => name);

/** An overlap as it is asked for. */
export const overlapSchema = z.enum(NAMES, { error: `is one of ${NAMES.join(", ")}` });
