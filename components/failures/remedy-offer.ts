import type { AdmittedCaller } from "#components/access/admit-dialog.tsx";

/** What a button mends. */
export type RemedyOffer =
  | { do: "renew"; certificate: { id: string; name: string }; lifetime: string }
  | { do: "admit"; caller: AdmittedCaller }
  | {
      do: "grant";
      client: { id: string; name: string };
      services: readonly { id: string; name: string }[];
    }
  | { do: "publish"; authorities: readonly { id: string; slug: string; name: string }[]; address: string }
  | { do: "download"; files: readonly RemedyFile[] }
  | { do: "copy"; directive: string }
  /** Where a whole form is needed. */
  | { do: "open"; label: string; href: string };

export interface RemedyFile {
  label: string;
  href: string;
  /** What to look out for; empty when there is nothing. */
  detail: string;
}

/** How a failure is mended: always in words, and by a button where that is done here and the person may. */
export interface RemedyFacts {
  words: string;
  offer: RemedyOffer | null;
  /** What was found out of the present: that it was renewed already, who may do it. Empty when there is nothing. */
  note: string;
}
