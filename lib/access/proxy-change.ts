import { countAccessChange } from "#lib/access/access-change.ts";
import { clearProxyFiles } from "#lib/access/proxy-files.ts";
import {
  type ProxyChange,
  type ProxyInput,
  proxyChangeSchema,
  proxyInputSchema,
} from "#lib/access/proxy-input.ts";
import { appendAudit } from "#lib/audit/append.ts";
import { isKnownBundle } from "#lib/authority/named-bundles.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { makeToken, tokenHash, tokenPrefix } from "#lib/identity/api-token-format.ts";
import { changedMeanwhile } from "#lib/identity/changed-meanwhile.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/**
 * Connects a proxy.
 *
 * @returns its id, and the token by which it proves itself: shown once, and stored as a hash only
 * @throws DomainError `malformed`; `conflict` when the short name or the certificate is taken; `policyViolation` for a
 *   service or a trust bundle that there is not; each naming the field
 */
export async function createProxy(
  { database, clock }: Installation,
  actor: Actor,
  input: ProxyInput,
): Promise<{ id: string; token: string }> {
  authorize(actor, "service:manage");
  const { services, ...wanted } = parsed(proxyInputSchema, input);
  const now = clock.now();
  const token = makeToken("csp_");
  const id = newId();
  await database.write(async (transaction) => {
    const taken = await transaction.proxy.findUnique({
      where: { slug: wanted.slug },
      select: { name: true },
    });
    if (taken !== null) {
      throw new DomainError("conflict", `The short name ${wanted.slug} is that of ${taken.name}.`, {
        violations: [{ field: "slug", rule: "proxy.slug", detail: "The short name is taken." }],
      });
    }
    await checkServices(transaction, services);
    await checkCertificate(transaction, wanted.certificateSha256, id);
    await checkBundle(transaction, wanted.bundle);
    await transaction.proxy.create({
      data: {
        ...wanted,
        ...{ id, tokenPrefix: tokenPrefix(token), tokenHash: tokenHash(token) },
        ...{ status: "active", createdAt: now, createdBy: actor.name, version: 1 },
        services: { create: services.map((serviceId) => ({ serviceId })) },
      },
    });
    await countAccessChange(transaction);
    await appendAudit(transaction, actor, now, {
      action: "proxy.created",
      object: { kind: "proxy", id, name: wanted.name },
      details: { after: { ...wanted, services }, tokenPrefix: tokenPrefix(token) },
    });
  });
  return { id, token };
}

/**
 * Changes a proxy; its short name and its token stay.
 *
 * @param version the version that the person saw
 * @throws DomainError `notFound`, `conflict`, `malformed`, `policyViolation`
 */
export async function changeProxy(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  version: number,
  input: ProxyChange,
): Promise<void> {
  authorize(actor, "service:manage");
  const { services, ...wanted } = parsed(proxyChangeSchema, input);
  const now = clock.now();
  await database.write(async (transaction) => {
    const present = await presentProxy(transaction, id, version);
    const { name, kind, header, certificateSha256, bundle, software, services: before } = present;
    await checkServices(transaction, services);
    await checkCertificate(transaction, wanted.certificateSha256, id);
    // One that was deleted since stays until somebody says another: until then it is as if nobody had.
    if (wanted.bundle !== bundle) await checkBundle(transaction, wanted.bundle);
    await transaction.proxyService.deleteMany({ where: { proxyId: id } });
    await transaction.proxyService.createMany({
      data: services.map((serviceId) => ({ proxyId: id, serviceId })),
    });
    await transaction.proxy.update({ where: { id }, data: { ...wanted, version: { increment: 1 } } });
    await clearProxyFiles(transaction, id, { kind: wanted.kind, services });
    await countAccessChange(transaction);
    await appendAudit(transaction, actor, now, {
      action: "proxy.changed",
      object: { kind: "proxy", id, name: wanted.name },
      details: {
        before: {
          ...{ name, kind, header, certificateSha256, bundle, software },
          services: before.map(({ serviceId }) => serviceId),
        },
        after: { ...wanted, services },
      },
    });
  });
}

/**
 * Gives a proxy another token; the one before ends at once.
 *
 * @returns the token, which is shown once
 * @throws DomainError `notFound`, `conflict`
 */
export async function replaceProxyToken(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  version: number,
): Promise<string> {
  authorize(actor, "service:manage");
  const now = clock.now();
  const token = makeToken("csp_");
  await database.write(async (transaction) => {
    const { name, tokenPrefix: before } = await presentProxy(transaction, id, version);
    // Whence the old one was used says nothing of the new one.
    await transaction.proxyAddress.deleteMany({ where: { proxyId: id } });
    await transaction.proxy.update({
      where: { id },
      data: { tokenPrefix: tokenPrefix(token), tokenHash: tokenHash(token), version: { increment: 1 } },
    });
    await countAccessChange(transaction);
    await appendAudit(transaction, actor, now, {
      action: "proxy.token-replaced",
      object: { kind: "proxy", id, name },
      details: { before, after: tokenPrefix(token) },
    });
  });
  return token;
}

/** Retires a proxy for good: nothing that it says is believed any more. @throws DomainError `notFound`, `conflict` */
export async function retireProxy(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  version: number,
): Promise<void> {
  authorize(actor, "service:manage");
  const now = clock.now();
  await database.write(async (transaction) => {
    const { name } = await presentProxy(transaction, id, version);
    await transaction.proxy.update({ where: { id }, data: { status: "retired", version: { increment: 1 } } });
    await transaction.proxyFile.deleteMany({ where: { proxyId: id } });
    await countAccessChange(transaction);
    await appendAudit(transaction, actor, now, {
      action: "proxy.retired",
      object: { kind: "proxy", id, name },
    });
  });
}

async function presentProxy(transaction: Transaction, id: string, version: number) {
  const present = await transaction.proxy.findUnique({ where: { id }, include: { services: true } });
  if (present === null) throw new DomainError("notFound", "There is no such proxy.");
  if (present.version !== version) {
    throw await changedMeanwhile(transaction, { kind: "proxy", id, name: present.name });
  }
  if (present.status === "retired") throw new DomainError("conflict", `${present.name} is retired.`);
  return present;
}

async function checkServices(transaction: Transaction, ids: readonly string[]): Promise<void> {
  const known = await transaction.service.count({ where: { id: { in: [...ids] }, status: "active" } });
  if (known === ids.length) return;
  throw policyViolation("services", "proxy.services", "One of the services does not exist, or is retired.");
}

async function checkBundle(transaction: Transaction, slug: string): Promise<void> {
  if (slug === "" || (await isKnownBundle(transaction, slug))) return;
  throw policyViolation("bundle", "proxy.bundle", "There is no trust bundle of that name.");
}

async function checkCertificate(transaction: Transaction, sha256: string | null, id: string): Promise<void> {
  if (sha256 === null) return;
  const other = await transaction.proxy.findUnique({
    where: { certificateSha256: sha256 },
    select: { id: true, name: true, status: true },
  });
  if (other === null || other.id === id) return;
  if (other.status === "retired") {
    await transaction.proxy.update({ where: { id: other.id }, data: { certificateSha256: null } });
    return;
  }
  const detail = `The certificate is that of ${other.name}.`;
  throw new DomainError("conflict", detail, {
    violations: [{ field: "certificateSha256", rule: "proxy.certificate", detail }],
  });
}
