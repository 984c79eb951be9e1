import { appendAudit } from "#lib/audit/append.ts";
import { type Actor, systemActor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { ROLES, type Role } from "#lib/authorization/permissions.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, malformed } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { linkTokenHash, makeLinkToken } from "#lib/identity/link-token.ts";
import { hashPassword, insertUser, replacePassword } from "#lib/identity/new-user.ts";
import { checkNewPassword } from "#lib/identity/password.ts";
import { endAllSessions } from "#lib/identity/sessions.ts";
import { emailFrom, nameFrom } from "#lib/identity/text-input.ts";
import { roleFrom } from "#lib/identity/user-actor.ts";
import type { Installation } from "#lib/installation.ts";

/**
 * People come in by a link that an admin hands to them; no mail is sent. The same kind of link
 * lets a person who has forgotten the password choose a new one.
 */

export const INVITATION_DAYS = 7;

export interface InvitationView {
  id: string;
  email: string;
  name: string;
  role: Role;
  createdAt: Date;
  expiresAt: Date;
  status: "open" | "accepted" | "revoked" | "expired";
}

/** A link that is shown once: whoever has it may choose the password. */
export interface InvitationLink {
  id: string;
  url: string;
  expiresAt: Date;
}

/**
 * Invites somebody who has no account yet. An earlier open invitation of theirs ends.
 *
 * @throws DomainError `forbidden`, `malformed`, or `conflict` when there is an account
 */
export async function invite(
  installation: Installation,
  actor: Actor,
  input: { email: string; name: string; role: string },
): Promise<InvitationLink> {
  authorize(actor, "user:manage");
  const email = emailFrom(input.email);
  const name = nameFrom(input.name, "name");
  const role = ROLES.find((known) => known === input.role);
  if (role === undefined) throw malformed("role", "user.role", "There is no such role.");
  return makeInvitation(installation, actor, "user.invited", async (transaction) => {
    const taken = await transaction.user.findUnique({ where: { email }, select: { id: true } });
    if (taken !== null) throw new DomainError("conflict", `There is an account for ${email} already.`);
    return { email, name, role };
  });
}

/**
 * A link with which an existing person chooses a new password.
 *
 * @throws DomainError `forbidden`, `notFound`
 */
export async function offerNewPassword(
  installation: Installation,
  actor: Actor,
  input: { userId: string },
): Promise<InvitationLink> {
  authorize(actor, "user:manage");
  return makeInvitation(installation, actor, "password.reset-offered", async (transaction) => {
    const user = await transaction.user.findUnique({
      where: { id: input.userId },
      select: { email: true, name: true, role: true },
    });
    if (user === null) throw new DomainError("notFound", "There is no such person.");
    return { ...user, role: roleFrom(user.role) };
  });
}

/** Invitations, newest first. @throws DomainError `forbidden` */
export async function listInvitations(installation: Installation, actor: Actor): Promise<InvitationView[]> {
  authorize(actor, "user:read");
  const now = installation.clock.now();
  const rows = await installation.database.read.invitation.findMany({
    select: {
      id: true,
      email: true,
      name: true,
      role: true,
      createdAt: true,
      expiresAt: true,
      acceptedAt: true,
      revokedAt: true,
    },
    orderBy: { id: "desc" },
    take: 200,
  });
  return rows.map(({ acceptedAt, revokedAt, ...row }) => ({
    ...row,
    role: roleFrom(row.role),
    status: acceptedAt ? "accepted" : revokedAt ? "revoked" : row.expiresAt <= now ? "expired" : "open",
  }));
}

/** Makes an open link useless. @throws DomainError `forbidden`, `notFound`, `conflict` */
export async function revokeInvitation(
  installation: Installation,
  actor: Actor,
  input: { id: string },
): Promise<void> {
  authorize(actor, "user:manage");
  const at = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const invitation = await transaction.invitation.findUnique({
      where: { id: input.id },
      select: { email: true, acceptedAt: true, revokedAt: true },
    });
    if (invitation === null) throw new DomainError("notFound", "There is no such invitation.");
    if (invitation.acceptedAt !== null || invitation.revokedAt !== null) {
      throw new DomainError("conflict", "This invitation was accepted or revoked already.");
    }
    await transaction.invitation.update({ where: { id: input.id }, data: { revokedAt: at } });
    await appendAudit(transaction, actor, at, {
      action: "invitation.revoked",
      object: { kind: "invitation", id: input.id, name: invitation.email },
    });
  });
}

/** What the page behind a link shows. */
export interface OpenInvitation {
  email: string;
  name: string;
  role: Role;
  /** Whether it is for choosing a new password rather than for a new account. */
  hasAccount: boolean;
}

/** The invitation of a link. @throws DomainError `unauthenticated`, in one neutral wording */
export async function openInvitation(installation: Installation, token: string): Promise<OpenInvitation> {
  const { email, name, role } = await findOpen(installation, installation.database.read, token);
  const account = await installation.database.read.user.findUnique({
    where: { email },
    select: { id: true },
  });
  return { email, name, role, hasAccount: account !== null };
}

/**
 * Takes the invitation: makes the account, or gives the existing one the new password.
 *
 * @throws DomainError `unauthenticated` for a link that does not hold, `malformed` for a field
 */
export async function acceptInvitation(
  installation: Installation,
  token: string,
  input: { name: string; password: string },
): Promise<{ email: string }> {
  const { email } = await findOpen(installation, installation.database.read, token);
  const name = nameFrom(input.name, "name");
  checkNewPassword(input.password, { name, email });
  const passwordHash = await hashPassword(installation, input.password);
  const at = installation.clock.now();
  await installation.database.write(async (transaction) => {
    const invitation = await findOpen(installation, transaction, token);
    await transaction.invitation.update({ where: { id: invitation.id }, data: { acceptedAt: at } });
    const account = await transaction.user.findUnique({ where: { email }, select: { id: true } });
    const id = account?.id ?? newId();
    if (account === null) {
      await insertUser(transaction, { id, name, email, role: invitation.role, passwordHash }, at);
    } else {
      await replacePassword(transaction, id, passwordHash, at);
      await endAllSessions(transaction, id);
    }
    await appendAudit(transaction, systemActor("invitation"), at, {
      action: account === null ? "user.created" : "password.reset",
      object: { kind: "user", id, name: email },
      details: { invitation: invitation.id, ...(account === null ? { name, role: invitation.role } : {}) },
    });
  });
  return { email };
}

async function makeInvitation(
  installation: Installation,
  actor: Actor,
  action: string,
  forWhom: (transaction: Transaction) => Promise<{ email: string; name: string; role: Role }>,
): Promise<InvitationLink> {
  const at = installation.clock.now();
  const id = newId();
  const token = makeLinkToken();
  const expiresAt = addSeconds(at, INVITATION_DAYS * 24 * 60 * 60);
  await installation.database.write(async (transaction) => {
    const person = await forWhom(transaction);
    // One open link per person: an older one must not reset what this one sets.
    await transaction.invitation.updateMany({
      where: { email: person.email, acceptedAt: null, revokedAt: null },
      data: { revokedAt: at },
    });
    await transaction.invitation.create({
      data: { id, ...person, hash: linkTokenHash(token), createdById: actor.id, createdAt: at, expiresAt },
    });
    await appendAudit(transaction, actor, at, {
      action,
      object: { kind: "invitation", id, name: person.email },
      details: { role: person.role, expiresAt },
    });
  });
  return { id, url: `${installation.config.publicUrl}/invitation#${token}`, expiresAt };
}

async function findOpen(
  installation: Installation,
  reader: Pick<Transaction, "invitation">,
  token: string,
): Promise<{ id: string; email: string; name: string; role: Role }> {
  const invitation = await reader.invitation.findFirst({
    where: {
      hash: linkTokenHash(token),
      acceptedAt: null,
      revokedAt: null,
      expiresAt: { gt: installation.clock.now() },
    },
    select: { id: true, email: true, name: true, role: true },
  });
  if (invitation === null) {
    throw new DomainError(
      "unauthenticated",
      "This link does not hold (any more): ask an admin for a new one.",
    );
  }
  return { ...invitation, role: roleFrom(invitation.role) };
}
