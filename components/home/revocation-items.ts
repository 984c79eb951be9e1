import { type AttentionItem, item } from "#components/home/attention-item.ts";
import { crlStateInWords } from "#components/revocation/crl-words.ts";
import { relativeTime } from "#components/ui/time-format.ts";
import type { CrlHealth } from "#lib/authority/crl-health.ts";
import type { CrlSourceHealth } from "#lib/authority/crl-source-read.ts";
import type { WaitingHolds } from "#lib/authority/waiting-holds.ts";

/** What Home looks at of revocation. */
export interface RevocationAttention {
  /** With the time since when there could be one. */
  crls: readonly (CrlHealth & { since: Date })[];
  /** Of authorities that have a certificate of their own to sign OCSP answers with, and of those that lack it. */
  responders: readonly ResponderFacts[];
  sources: readonly CrlSourceHealth[];
  holds: WaitingHolds;
}

/** The responder of an authority, which renews its certificate by itself. */
export interface ResponderFacts {
  slug: string;
  name: string;
  /** Since when there could be one. */
  since: Date;
  /** Null while it has none. */
  certificate: { notAfter: Date; renewAt: Date } | null;
}

/** What needs a person of all that publishes revocation. @param now the present time */
export function revocationItems(facts: RevocationAttention, now: Date): AttentionItem[] {
  return [
    ...facts.crls.flatMap((crl) => ofCrl(crl, now)),
    ...facts.responders.flatMap((responder) => ofResponder(responder, now)),
    ...facts.sources.flatMap(ofSource),
    ...ofHolds(facts.holds),
  ];
}

/** A fresh authority gets its first CRL and its responder within seconds; that is no finding. */
const FIRST_WITHIN_MS = 120_000;

function ofCrl(crl: RevocationAttention["crls"][number], now: Date): AttentionItem[] {
  if (crl.state === "missing" && now.getTime() - crl.since.getTime() < FIRST_WITHIN_MS) return [];
  const { tone, word, meaning, fix } = crlStateInWords(crl, now);
  if (fix === null || tone === "ok" || tone === "neutral") return [];
  const because =
    crl.failingSince === null
      ? ""
      : ` Publishing fails since ${relativeTime(crl.failingSince, now).replace(" ago", "")}: ${crl.failure}`;
  return [
    item({
      id: `crl-${crl.authorityId}`,
      tone,
      title: `The CRL of ${crl.name}: ${word}`,
      detail: `${meaning}${because}`,
      fix: { label: "Look at it", href: `/revocation#${crl.slug}` },
    }),
  ];
}

function ofResponder({ slug, name, since, certificate }: ResponderFacts, now: Date): AttentionItem[] {
  const fix = { label: "Look at it", href: `/revocation#${slug}` };
  if (certificate === null || certificate.notAfter <= now) {
    if (certificate === null && now.getTime() - since.getTime() < FIRST_WITHIN_MS) return [];
    return [
      item({
        id: `ocsp-${slug}`,
        tone: "critical",
        title: `Nobody answers OCSP for ${name}`,
        detail:
          certificate === null
            ? "It has no certificate to sign answers with; the log of the protocol plane says why. Verifiers that insist on OCSP refuse everybody below it."
            : "The certificate that signs the answers has expired and was not renewed; the log of the protocol plane says why. Verifiers that insist on OCSP refuse everybody below it.",
        fix,
      }),
    ];
  }
  if (certificate.renewAt.getTime() + FIRST_WITHIN_MS > now.getTime()) return [];
  return [
    item({
      id: `ocsp-${slug}`,
      tone: "warn",
      title: `The OCSP responder of ${name} was not renewed in time`,
      detail: `It renews itself and did not; the log of the protocol plane says why. Answers fail ${relativeTime(certificate.notAfter, now)}.`,
      fix,
    }),
  ];
}

const SOURCE_WORDS = {
  expired: [
    "critical",
    "has expired",
    "Proxies that load it refuse every client of its chain, and what it revokes since is not known here.",
  ],
  missing: [
    "warn",
    "is not here yet",
    "Proxies that check the whole chain refuse every client of it until it is.",
  ],
  late: ["warn", "ends soon, and no newer one came", "Fetch or upload the next one before it ends."],
  failing: ["info", "cannot be fetched", "The one that is here still holds."],
} as const;

function ofSource({ id, name, state, failure }: CrlSourceHealth): AttentionItem[] {
  if (state === "ok") return [];
  const [tone, words, meaning] = SOURCE_WORDS[state];
  return [
    item({
      id: `crl-source-${id}`,
      tone,
      title: `The foreign CRL ${name} ${words}`,
      detail: failure === "" ? meaning : `${meaning} ${failure}`,
      fix: { label: "Look at it", href: `/revocation/sources#${id}` },
    }),
  ];
}

function ofHolds({ holds, count, more }: WaitingHolds): AttentionItem[] {
  if (count === 0) return [];
  const shown = `${count.toLocaleString("en")}${more ? "+" : ""}`;
  return [
    item({
      id: "holds",
      tone: "warn",
      title: `${shown} ${shown === "1" ? "hold waits" : "holds wait"} for a decision for more than a week`,
      detail: "What is on hold is refused. Release it when the suspicion was wrong, or revoke it for good.",
      fix:
        holds.length === 1 && holds[0] !== undefined
          ? { label: "Open it", href: `/certificates/${holds[0].id}` }
          : { label: "Open the holds", href: "/certificates?status=held" },
      things: holds.map(({ id, displayName, heldAt }) => ({
        id,
        label: displayName,
        href: `/certificates/${id}`,
        at: heldAt,
      })),
    }),
  ];
}
