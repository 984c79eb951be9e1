import { countAccessChange } from "#lib/access/access-change.ts";
import {
  type ServiceChange,
  type ServiceInput,
  serviceChangeSchema,
  serviceInputSchema,
} from "#lib/access/service-input.ts";
import { appendAudit } from "#lib/audit/append.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { DomainError, policyViolation } from "#lib/errors.ts";
import { newId } from "#lib/id.ts";
import { changedMeanwhile } from "#lib/identity/changed-meanwhile.ts";
import type { Installation } from "#lib/installation.ts";
import { parsed } from "#lib/parse.ts";

/**
 * Creates a service. Nobody may call it yet.
 *
 * @returns its id
 * @throws DomainError `malformed`; `conflict` when the short name is taken, also by a retired one; `policyViolation`
 *   for an authority that there is not; each naming the field
 */
export async function createService(
  { database, clock }: Installation,
  actor: Actor,
  input: ServiceInput,
): Promise<string> {
  authorize(actor, "service:manage");
  const wanted = parsed(serviceInputSchema, input);
  const now = clock.now();
  const id = newId();
  await database.write(async (transaction) => {
    const taken = await transaction.service.findUnique({
      where: { slug: wanted.slug },
      select: { name: true },
    });
    if (taken !== null) {
      throw new DomainError("conflict", `The short name ${wanted.slug} is that of ${taken.name}.`, {
        violations: [{ field: "slug", rule: "service.slug", detail: "The short name is taken." }],
      });
    }
    await checkAuthorities(transaction, wanted.authorities);
    const { _max } = await transaction.service.aggregate({ _max: { place: true } });
    await transaction.service.create({
      data: {
        ...stored(wanted),
        ...{
          id,
          slug: wanted.slug,
          status: "active",
          place: (_max.place ?? -1) + 1,
          createdAt: now,
          version: 1,
        },
      },
    });
    await countAccessChange(transaction);
    await appendAudit(transaction, actor, now, {
      action: "service.created",
      object: { kind: "service", id, name: wanted.name },
      details: { after: wanted },
    });
  });
  return id;
}

/**
 * Changes a service; what is left out gets its usual value. Its short name stays.
 *
 * @param version the version that the person saw
 * @throws DomainError `notFound`, `conflict`, `malformed`, `policyViolation`
 */
export async function changeService(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  version: number,
  input: ServiceChange,
): Promise<void> {
  authorize(actor, "service:manage");
  const wanted = parsed(serviceChangeSchema, input);
  const now = clock.now();
  await database.write(async (transaction) => {
    const present = await presentService(transaction, id, version);
    await checkAuthorities(transaction, wanted.authorities);
    await transaction.service.update({
      where: { id },
      data: { ...stored(wanted), version: { increment: 1 } },
    });
    await countAccessChange(transaction);
    await appendAudit(transaction, actor, now, {
      action: "service.changed",
      object: { kind: "service", id, name: wanted.name },
      details: { before: facts(present), after: wanted },
    });
  });
}

/**
 * Retires a service for good: whoever asks for it is refused, and its short name is never given again.
 *
 * @throws DomainError `notFound`, `conflict`
 */
export async function retireService(
  { database, clock }: Installation,
  actor: Actor,
  id: string,
  version: number,
): Promise<void> {
  authorize(actor, "service:manage");
  const now = clock.now();
  await database.write(async (transaction) => {
    const { name } = await presentService(transaction, id, version);
    await transaction.service.update({
      where: { id },
      data: { status: "retired", version: { increment: 1 } },
    });
    await transaction.proxyFile.deleteMany({ where: { serviceId: id } });
    await countAccessChange(transaction);
    await appendAudit(transaction, actor, now, {
      action: "service.retired",
      object: { kind: "service", id, name },
    });
  });
}

function stored({
  hostNames,
  authorities,
  ...rest
}: Omit<ReturnType<typeof serviceInputSchema.parse>, "slug">) {
  const { name, notes, minimumStrength, unknownClients, failsOpen } = rest;
  return {
    ...{ name, notes, minimumStrength, unknownClients, failsOpen },
    hostNames: JSON.stringify(hostNames),
    authorities: JSON.stringify(authorities),
  };
}

type ServiceRow = NonNullable<Awaited<ReturnType<Transaction["service"]["findUnique"]>>>;

function facts({
  name,
  notes,
  hostNames,
  minimumStrength,
  authorities,
  unknownClients,
  failsOpen,
}: ServiceRow) {
  return {
    ...{ name, notes, minimumStrength, unknownClients, failsOpen },
    hostNames: JSON.parse(hostNames),
    authorities: JSON.parse(authorities),
  };
}

async function presentService(transaction: Transaction, id: string, version: number): Promise<ServiceRow> {
  const present = await transaction.service.findUnique({ where: { id } });
  if (present === null) throw new DomainError("notFound", "There is no such service.");
  if (present.version !== version) throw await changedMeanwhile(transaction, { kind: "service", ...present });
  if (present.status === "retired") throw new DomainError("conflict", `${present.name} is retired.`);
  return present;
}

async function checkAuthorities(transaction: Transaction, ids: readonly string[]): Promise<void> {
  const known = await transaction.authority.count({ where: { id: { in: [...ids] } } });
  if (known === ids.length) return;
  throw policyViolation("authorities", "service.authorities", "One of the authorities does not exist.");
}
