import { appendAudit } from "#lib/audit/append.ts";
import { systemActor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { hashPassword, insertUser } from "#lib/identity/new-user.ts";
import { checkNewPassword } from "#lib/identity/password.ts";
import { isSetUp, isSetUpIn, isSetupToken, markSetUp } from "#lib/identity/setup-state.ts";
import { emailFrom, nameFrom } from "#lib/identity/text-input.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * The first admin comes in by a one-time link that the server prints. Whoever can read the
 * server's output may set it up, and nobody else who happens to reach the console first.
 */

const ORGANISATION = "organisation";

export interface FirstAdmin {
  name: string;
  email: string;
  password: string;
  /** Stands in the subject of the authorities. */
  organisation: string;
}

/** The organisation named at set-up, or null before. */
export async function organisationName(installation: Installation): Promise<string | null> {
  const row = await installation.database.read.setting.findUnique({ where: { key: ORGANISATION } });
  return row === null ? null : (JSON.parse(row.value) as string);
}

/**
 * Creates the first admin and ends set-up; the authorities follow under that admin's name.
 *
 * @throws DomainError `conflict` when it is done already, `unauthenticated` for a wrong token,
 * `malformed` for a field
 */
export async function completeSetup(
  installation: Installation,
  token: string,
  input: FirstAdmin,
): Promise<{ userId: string }> {
  if (!(await isSetupToken(installation, token))) throw await refusal(installation);
  const name = nameFrom(input.name, "name");
  const email = emailFrom(input.email);
  const organisation = nameFrom(input.organisation, "organisation");
  checkNewPassword(input.password, { name, email });
  const passwordHash = await hashPassword(installation, input.password);
  const at = installation.clock.now();
  const userId = newId();
  await installation.database.write(async (transaction) => {
    if (await isSetUpIn(transaction)) throw await refusal(installation);
    await insertUser(transaction, { id: userId, name, email, role: "admin", passwordHash }, at);
    await markSetUp(transaction);
    await transaction.setting.create({ data: { key: ORGANISATION, value: JSON.stringify(organisation) } });
    await appendAudit(transaction, systemActor("setup"), at, {
      action: "user.created",
      object: { kind: "user", id: userId, name: email },
      details: { role: "admin", name, organisation },
    });
  });
  return { userId };
}

async function refusal(installation: Installation): Promise<DomainError> {
  return (await isSetUp(installation))
    ? new DomainError("conflict", "Countersign is set up already: sign in instead.")
    : new DomainError(
        "unauthenticated",
        "This set-up link is not the right one: use the link that the server printed when it started.",
      );
}
