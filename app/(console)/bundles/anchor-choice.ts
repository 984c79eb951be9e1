import type { AnchorChoice } from "#lib/inventory/anchor-search.ts";
import type { BundleMember } from "#lib/inventory/bundle-members.ts";

/** The members of a bundle as the form offers certificates. */
export function chosenAnchors(members: readonly BundleMember[]): AnchorChoice[] {
  return members.flatMap(({ id, isRoot, authority, ...member }) =>
    id === null
      ? []
      : [
          {
            id,
            name: member.name,
            subject: member.subject,
            notBefore: member.notBefore,
            notAfter: member.notAfter,
            sha256: member.sha256,
            isSelfIssued: isRoot,
            isOwn: authority !== null,
          },
        ],
  );
}
