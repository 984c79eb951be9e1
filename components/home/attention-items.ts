import { type AuthorityState, authorityState } from "#components/authority/authority-words.ts";
import { accessItems } from "#components/home/access-items.ts";
import { type AttentionItem, item } from "#components/home/attention-item.ts";
import { type FailureAttention, failureItems } from "#components/home/failure-items.ts";
import { type RevocationAttention, revocationItems } from "#components/home/revocation-items.ts";
import { absoluteTime } from "#components/ui/time-format.ts";
import type { AccessAttention } from "#lib/access/access-attention.ts";
import type { AuthorityView } from "#lib/authority/authority-read.ts";
import type { InterruptedIssuances } from "#lib/authority/interrupted-issuances.ts";
import type { ListenerState } from "#lib/authority/listener-attention.ts";
import type { MasterKeyCare } from "#lib/authority/master-key-backup.ts";
import type { UnrenewedCertificate, UnrenewedCertificates } from "#lib/inventory/unrenewed-certificates.ts";

/** Everything that Home looks at, as the rooms told it. */
export interface AttentionFacts {
  now: Date;
  authorities: readonly AuthorityView[];
  listeners: readonly ListenerState[];
  unrenewed: UnrenewedCertificates;
  interrupted: InterruptedIssuances;
  revocation: RevocationAttention;
  access: AccessAttention;
  failures: FailureAttention;
  masterKey: MasterKeyCare;
  /** How the person's own account is guarded besides the password. */
  own: { hasApp: boolean; passkeys: number };
  /** Null when the person may not see who there is. */
  activeAdmins: number | null;
  /** What the person may do about it. */
  may: { seeAudit: boolean; createAuthority: boolean; manageServices: boolean };
}

const RANK = { critical: 0, warn: 1, info: 2 } as const;

/** What needs a person, the most urgent first. */
export function attentionItems(facts: AttentionFacts): AttentionItem[] {
  return [
    ...setUp(facts),
    ...facts.listeners.flatMap((listener) => ofListener(listener, facts)),
    ...revocationItems(facts.revocation, facts.now),
    ...failureItems(facts.failures, facts.now),
    ...accessItems(facts.access, facts.now, facts.may.manageServices),
    ...ofAuthorities(facts),
    ...ofCertificates(facts.unrenewed),
    ...ofUnchecked(facts.unrenewed),
    ...ofMasterKey(facts),
    ...ofPeople(facts),
    ...ofInterruptions(facts),
  ].toSorted((a, b) => RANK[a.tone] - RANK[b.tone]);
}

function setUp({ authorities, may }: AttentionFacts): AttentionItem[] {
  if (authorities.length > 0) return [];
  return [
    item({
      id: "set-up",
      tone: "warn",
      title: "There is no authority yet",
      detail: "Nothing can be issued, and our own listener presents a self-signed certificate.",
      fix: may.createAuthority ? { label: "Finish set-up", href: "/setup" } : null,
    }),
  ];
}

/** A fresh authority gives the listeners their certificates within seconds; that is no finding. */
const FIRST_CERTIFICATE_WITHIN_MS = 120_000;

function ofListener(listener: ListenerState, { authorities, now }: AttentionFacts): AttentionItem[] {
  const { plane, certificate, overdue, missingNames } = listener;
  const fix = { label: "Look at its profile", href: "/profiles/countersign-listener" };
  const newest = Math.max(...authorities.map(({ createdAt }) => createdAt.getTime()));
  if (certificate === null) {
    if (now.getTime() - newest < FIRST_CERTIFICATE_WITHIN_MS) return [];
    return [
      item({
        id: `listener-${plane}`,
        tone: "critical",
        title: `The ${plane} plane presents a self-signed certificate`,
        detail:
          "Our authority gave it none, and callers that verify it refuse the connection. The log says why: often a name lies outside the authority's name constraints, or its profile was changed.",
        fix,
      }),
    ];
  }
  const shown = { label: "Look at it", href: `/certificates/${certificate.id}` };
  if (certificate.notAfter <= now || overdue) {
    const expired = certificate.notAfter <= now;
    return [
      item({
        id: `listener-${plane}`,
        tone: "critical",
        title: expired
          ? `The certificate of the ${plane} plane has expired`
          : `The certificate of the ${plane} plane was not renewed in time`,
        detail: expired
          ? "Callers refuse the connection. It should have renewed itself: the log of the server says why it could not."
          : "It renews itself and did not: the log of the server says why. Until it expires, callers notice nothing.",
        fix: shown,
        things: [{ id: certificate.id, label: "expires", href: shown.href, at: certificate.notAfter }],
      }),
    ];
  }
  if (missingNames.length === 0) return [];
  return [
    item({
      id: `listener-${plane}`,
      tone: "warn",
      title: `The certificate of the ${plane} plane lacks ${missingNames.length === 1 ? "a name" : `${missingNames.length} names`}`,
      detail: `Callers that use ${missingNames.join(", ")} refuse the connection. Either our authority's name constraints or the profile forbid it, or the settings changed a moment ago.`,
      fix,
    }),
  ];
}

/** Words of a state that are no sentence behind a name. */
const AUTHORITY_VERBS: Partial<Record<AuthorityState["word"], string>> = {
  ending: "nears its end",
  expired: "has expired",
  revoked: "is revoked",
  "on hold": "is on hold",
};

function ofAuthorities({ authorities, now, may }: AttentionFacts): AttentionItem[] {
  return authorities.flatMap((authority) => {
    const { word, tone, fix } = authorityState(authority, now);
    if (fix === null || tone === "ok" || tone === "neutral") return [];
    return [
      item({
        id: `authority-${authority.id}`,
        tone,
        title: `The ${authority.kind} ${authority.name} ${AUTHORITY_VERBS[word] ?? word}`,
        detail: fix,
        fix:
          may.createAuthority && authority.refused !== "held"
            ? {
                label: "Create its successor",
                href:
                  authority.parentId === null
                    ? "/authorities/new"
                    : `/authorities/new?parent=${authority.parentId}`,
              }
            : { label: "Look at it", href: `/authorities/${authority.slug}` },
        things: [
          {
            id: authority.id,
            label: authority.name,
            href: `/authorities/${authority.slug}`,
            at: authority.notAfter,
          },
        ],
      }),
    ];
  });
}

const CONCERNS = [
  ["expired", "critical", "expired without being renewed", "Whoever still presents one is refused."],
  ["urgent", "critical", "about to expire, not renewed", "Renew now; afterwards connections fail."],
  ["due", "warn", "due for renewal", "In the last third of life without a successor."],
] as const;
const NAMED_MAX = 5;

function ofCertificates({ ending, expired }: UnrenewedCertificates): AttentionItem[] {
  return CONCERNS.flatMap(([concern, tone, words, detail]) => {
    const { certificates, more } = concern === "expired" ? expired : ending;
    const found = certificates.filter((certificate) => certificate.concern === concern);
    if (found.length === 0) return [];
    // The walk stops at its bounds, so there may be more of each.
    const count = `${found.length}${more ? "+" : ""}`;
    return [
      item({
        id: `certificates-${concern}`,
        tone,
        title: `${count} ${count === "1" ? "certificate" : "certificates"} ${words}`,
        detail,
        fix:
          found[0] !== undefined && found.length === 1
            ? { label: "Open it", href: `/certificates/${found[0].id}` }
            : { label: "Open the certificates", href: "/certificates" },
        things: found.slice(0, NAMED_MAX).map(thing),
      }),
    ];
  });
}

/** Nothing found is no "all clear" when not everything was looked at. */
function ofUnchecked({ ending: { checkedUntil } }: UnrenewedCertificates): AttentionItem[] {
  if (checkedUntil === null) return [];
  return [
    item({
      id: "unchecked",
      tone: "info",
      title: "Renewals were checked for the next expiries only",
      detail: `So many certificates end soon that those after ${absoluteTime(checkedUntil)} were not looked at.`,
    }),
  ];
}

function thing({ id, displayName, notAfter }: UnrenewedCertificate) {
  return { id, label: displayName, href: `/certificates/${id}`, at: notAfter };
}

function ofMasterKey({ masterKey, may }: AttentionFacts): AttentionItem[] {
  if (masterKey.origin !== "made" || masterKey.backup !== null) return [];
  return [
    item({
      id: "master-key",
      tone: "warn",
      title: "The master key may exist only once",
      detail:
        "It is the file master.key in the data folder, made at the first start. If it is lost, no authority can ever sign again: keep a copy apart from backups of the database, and note it.",
      fix: may.createAuthority ? { label: "Read on and note a copy", href: "/authorities" } : null,
    }),
  ];
}

function ofPeople({ own, activeAdmins }: AttentionFacts): AttentionItem[] {
  const items: AttentionItem[] = [];
  if (!own.hasApp && own.passkeys === 0) {
    items.push(
      item({
        id: "own-account",
        tone: "warn",
        title: "Your account is guarded by a password alone",
        detail: "Whoever learns it can act as you. Add a passkey, or codes from an app.",
        fix: { label: "Secure my account", href: "/settings/account" },
      }),
    );
  }
  if (activeAdmins === 1) {
    items.push(
      item({
        id: "second-admin",
        tone: "info",
        title: "There is only one admin",
        detail:
          "If that person loses the password or leaves, nobody can let anybody in. Invite a second one.",
        fix: { label: "Invite an admin", href: "/settings/people" },
      }),
    );
  }
  return items;
}

function ofInterruptions({ interrupted, may }: AttentionFacts): AttentionItem[] {
  const { count, names } = interrupted;
  if (count === 0) return [];
  const others = count - names.length;
  return [
    item({
      id: "interrupted",
      tone: "info",
      title: `${count} ${count === 1 ? "issuance was" : "issuances were"} interrupted within the last day`,
      detail: `A process ended in the middle and everything was closed cleanly; whoever asked got no certificate and has to ask again: ${names.join(", ")}${others > 0 ? ` and ${others} more` : ""}.`,
      fix: may.seeAudit ? { label: "See which", href: "/audit?action=certificate.abandoned" } : null,
    }),
  ];
}
