import { Notice } from "#components/ui/notice.tsx";
import type { BundleMember } from "#lib/inventory/bundle-members.ts";
import { AddMissing } from "./add-missing.tsx";

interface BundleConcernsProps {
  members: readonly BundleMember[];
  now: Date;
  /** Null for who may not change it. */
  changeable: { id: string; version: number } | null;
}

/** What relying parties will stumble over: members that have ended, and ways that stop below a root. */
export function BundleConcerns({ members, now, changeable }: BundleConcernsProps) {
  const expired = members.filter(({ notAfter }) => notAfter <= now);
  const loose = members.filter(({ reachesRoot }) => !reachesRoot);
  const missing = new Map(loose.flatMap((member) => member.missing.map((each) => [each.id, each] as const)));
  return (
    <>
      {expired.length > 0 && (
        <Notice
          tone="warn"
          title={
            expired.length === 1
              ? "A certificate in this bundle has expired"
              : `${expired.length} certificates in this bundle have expired`
          }
        >
          Relying parties refuse whatever hangs on {listed(expired)}. Put the successor in beside it, and take
          it out when nothing needs it any more.
        </Notice>
      )}
      {loose.length > 0 && (
        <Notice
          tone="warn"
          title="Some ways stop below a root"
          actions={
            changeable !== null &&
            missing.size > 0 && <AddMissing bundle={changeable} missing={[...missing.values()]} />
          }
        >
          OpenSSL, and nginx with it, refuses what stands below {listed(loose)}, because the bundle does not
          go up to a root.{" "}
          {missing.size > 0
            ? `Not in it: ${[...missing.values()].map(({ name }) => name).join(", ")}.`
            : "The certificate above is not in the inventory: import it first."}
        </Notice>
      )}
    </>
  );
}

const NAMED_MAX = 3;

function listed(members: readonly BundleMember[]): string {
  const names = members.slice(0, NAMED_MAX).map(({ name }) => name);
  const more = members.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(" and ");
}
