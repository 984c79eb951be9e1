import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import type { UserView } from "#lib/identity/users.ts";

/** Everybody who has an account. */
export function PeopleTable({ users, ownId }: { users: UserView[]; ownId: string }) {
  return (
    <Table label="People">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>E-mail address</HeaderCell>
        <HeaderCell>Role</HeaderCell>
        <HeaderCell>Status</HeaderCell>
        <HeaderCell>Signs in with</HeaderCell>
        <HeaderCell align="end">Sessions</HeaderCell>
        <HeaderCell>Since</HeaderCell>
      </TableHead>
      <TableBody>
        {users.map((user) => (
          <Row key={user.id}>
            <Cell>
              <RowLink href={`/settings/people/${user.id}`}>
                {user.name}
                {user.id === ownId && " (you)"}
              </RowLink>
            </Cell>
            <Cell label="E-mail">{user.email}</Cell>
            <Cell label="Role">
              <Badge>{user.role}</Badge>
            </Cell>
            <Cell label="Status">
              <UserStatus user={user} />
            </Cell>
            <Cell label="Signs in with">{methodsOf(user)}</Cell>
            <Cell label="Sessions" align="end">
              {user.sessions}
            </Cell>
            <Cell label="Since">
              <RelativeTime time={user.createdAt} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

/** Whether the account can be used. */
export function UserStatus({ user }: { user: UserView }) {
  if (user.status === "disabled") return <Status tone="neutral">disabled</Status>;
  if (user.lockedUntil !== null) {
    return (
      <Status
        tone="warn"
        detail={
          <>
            until <RelativeTime time={user.lockedUntil} />
          </>
        }
      >
        locked
      </Status>
    );
  }
  return <Status tone="ok">active</Status>;
}

/** How somebody signs in, in a few words. */
export function methodsOf(user: UserView): string {
  const methods = [user.twoFactorEnabled ? "password and app" : "password only"];
  if (user.passkeys > 0) methods.push(user.passkeys === 1 ? "a passkey" : `${user.passkeys} passkeys`);
  return methods.join(", ");
}
