import { purposeWords } from "#components/authority/authority-words.ts";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { ProfileView } from "#lib/authority/profile-read.ts";
import { spokenDuration } from "#lib/authority/spoken-duration.ts";

/** Profiles as rows; each leads to its page. */
export function ProfileTable({ profiles }: { profiles: readonly ProfileView[] }) {
  return (
    <Table label="Certificate profiles">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>For</HeaderCell>
        <HeaderCell>Lifetime</HeaderCell>
        <HeaderCell>Names</HeaderCell>
        <HeaderCell>Authority</HeaderCell>
      </TableHead>
      <TableBody>
        {profiles.map((profile) => (
          <Row key={profile.id}>
            <Cell>
              <RowLink href={`/profiles/${profile.slug}`}>{profile.name}</RowLink>
              <span className="block font-mono text-muted text-xs">{profile.slug}</span>
            </Cell>
            <Cell label="Status">
              <Status tone={profile.status === "active" ? "ok" : "neutral"}>{profile.status}</Status>
            </Cell>
            <Cell label="For">{purposeWords(profile.rules.usages)}</Cell>
            <Cell label="Lifetime">
              {spokenDuration(profile.rules.lifetime.defaultSeconds)}
              <span className="text-muted">, up to {spokenDuration(profile.rules.lifetime.maxSeconds)}</span>
            </Cell>
            <Cell label="Names" wrap>
              {nameWords(profile)}
            </Cell>
            <Cell label="Authority">{profile.authority.name}</Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

/** Which names it takes, in a few words: "any DNS, 2 IP ranges". */
function nameWords({ rules: { names } }: ProfileView): string {
  const forms = [
    [names.dns.allowed, "DNS", names.dns.patterns, "pattern"],
    [names.ip.allowed, "IP", names.ip.ranges, "range"],
    [names.uri.allowed, "URI", names.uri.patterns, "pattern"],
    [names.email.allowed, "e-mail", names.email.patterns, "pattern"],
  ] as const;
  const allowed = forms.filter(([isAllowed]) => isAllowed);
  if (allowed.length === 0) return "none";
  const open = allowed.filter(([, , limits]) => limits.length === 0).map(([, form]) => form);
  const limited = allowed
    .filter(([, , limits]) => limits.length > 0)
    .map(([, form, limits, word]) => `${form} by ${limits.length} ${word}${limits.length === 1 ? "" : "s"}`);
  return [...(open.length > 0 ? [`any ${open.join(", ")}`] : []), ...limited].join("; ");
}
