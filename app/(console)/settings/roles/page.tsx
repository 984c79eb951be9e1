import { Check } from "lucide-react";
import type { Metadata } from "next";
import { PageHeader } from "#components/shell/page-header.tsx";
import { Card } from "#components/ui/card.tsx";
import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";
import {
  PERMISSIONS,
  type Permission,
  ROLE_DESCRIPTIONS,
  ROLES,
  roleAllows,
} from "#lib/authorization/permissions.ts";
import { requireActor } from "#lib/web/session.ts";

export const metadata: Metadata = { title: "Roles" };

/** The permission table, as `authorize` reads it. */
export default async function RolesPage() {
  const { role } = await requireActor();
  return (
    <>
      <PageHeader
        title="Roles"
        description="Who may do what. There is no other table than this one: every page, action and endpoint asks it."
      />
      <div className="flex flex-col gap-5">
        <Card title="What each role is for">
          <DescriptionList>
            {ROLES.map((each) => (
              <Description key={each} term={each === role ? `${each} (you)` : each}>
                {ROLE_DESCRIPTIONS[each]}
              </Description>
            ))}
          </DescriptionList>
        </Card>
        <Card padding="none" title="Permissions">
          <Table label="Permissions of each role" narrow="scroll">
            <TableHead>
              <HeaderCell>Permission</HeaderCell>
              <HeaderCell>Code</HeaderCell>
              {ROLES.map((each) => (
                <HeaderCell key={each}>{each}</HeaderCell>
              ))}
              <HeaderCell>API token</HeaderCell>
            </TableHead>
            <TableBody>
              {(Object.keys(PERMISSIONS) as Permission[]).map((permission) => (
                <Row key={permission}>
                  <Cell wrap>{PERMISSIONS[permission].meaning}</Cell>
                  <Cell>
                    <code className="font-mono text-muted">{permission}</code>
                  </Cell>
                  {ROLES.map((each) => (
                    <Cell key={each}>
                      <Allowed is={roleAllows(each, permission)} />
                    </Cell>
                  ))}
                  <Cell>
                    <Allowed is={PERMISSIONS[permission].scope} />
                  </Cell>
                </Row>
              ))}
            </TableBody>
          </Table>
        </Card>
      </div>
    </>
  );
}

function Allowed({ is }: { is: boolean }) {
  return is ? (
    <>
      <Check aria-hidden className="size-4 text-ok" />
      <span className="sr-only">yes</span>
    </>
  ) : (
    <>
      <span aria-hidden className="text-faint">
        –
      </span>
      <span className="sr-only">no</span>
    </>
  );
}
