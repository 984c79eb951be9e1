import { appendAudit } from "#lib/audit/append.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { nameFrom } from "#lib/identity/text-input.ts";
import type { Installation } from "#lib/installation.ts";

/** Changes the person's own name. @throws DomainError `malformed` */
export async function changeOwnName(
  installation: Installation,
  actor: UserActor,
  input: { name: string },
): Promise<void> {
  authorize(actor, "account:manage");
  const name = nameFrom(input.name, "name");
  const at = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const before = await transaction.user.findUniqueOrThrow({
      where: { id: actor.id },
      select: { name: true, email: true },
    });
    if (before.name === name) return;
    await transaction.user.update({ where: { id: actor.id }, data: { name, updatedAt: at } });
    await appendAudit(transaction, actor, at, {
      action: "user.renamed",
      object: { kind: "user", id: actor.id, name: before.email },
      details: { from: before.name, to: name },
    });
  });
}
