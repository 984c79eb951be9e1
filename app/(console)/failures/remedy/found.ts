import type { RemedyOffer } from "#components/failures/remedy-offer.ts";

/** A button, and what was found out beside it. */
export interface Found {
  offer: RemedyOffer | null;
  note?: string;
}
