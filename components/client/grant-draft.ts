import { readUtc } from "#components/client/client-draft.ts";
import type { GrantTermsInput } from "#lib/access/grant-input.ts";

/** A grant while it is being written. */
export interface GrantDraft {
  /** Tells rows of a form apart; not sent. */
  key: string;
  serviceId: string;
  /** Path prefixes, one to a line; empty for every path. */
  paths: string;
  /** With blanks or commas between them; empty for every method. */
  methods: string;
  /** UTC, as a browser gives it; empty for now. */
  startsAt: string;
  /** The same; empty for no end. */
  endsAt: string;
}

let rows = 0;

/** A row that nothing was typed into. */
export function emptyGrant(serviceId = ""): GrantDraft {
  rows += 1;
  return { key: `grant-${rows}`, serviceId, paths: "", methods: "", startsAt: "", endsAt: "" };
}

/**
 * The draft as the domain takes it.
 *
 * @throws DomainError `malformed` for a time that is none
 */
export function grantTerms({ serviceId, paths, methods, startsAt, endsAt }: GrantDraft): GrantTermsInput {
  const from = readUtc(startsAt, "startsAt");
  return {
    serviceId,
    paths: paths
      .split("\n")
      .map((path) => path.trim())
      .filter((path) => path !== ""),
    methods: methods
      .toUpperCase()
      .split(/[\s,;]+/)
      .filter((method) => method !== ""),
    ...(from === null ? {} : { startsAt: from }),
    endsAt: readUtc(endsAt, "endsAt"),
  };
}
