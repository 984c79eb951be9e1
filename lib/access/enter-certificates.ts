import { type Actor, systemActor } from "#lib/authorization/actor.ts";
import { authorize, isAllowed } from "#lib/authorization/authorize.ts";
import { openDriver } from "#lib/driver.ts";
import { newId } from "#lib/id.ts";
import type { Installation } from "#lib/installation.ts";
import { readForeign } from "#lib/inventory/foreign-certificate.ts";
import { ownAuthorities } from "#lib/inventory/own-authorities.ts";
import { FOREIGN_BATCH_MAX, type NewForeign, recordForeign } from "#lib/inventory/record-foreign.ts";
import { log } from "#lib/log.ts";
import { letOthersRun } from "#lib/loop-turn.ts";

/** It proves a client: the inventory has it also for who may not import at will. */
const ON_BEHALF = systemActor("clients");

/**
 * Takes certificates that are to prove clients into the inventory, where they are not: only of what is there it is
 * known when it was revoked (by the CRL of its issuer, when that is followed) and when it expires, and only that can
 * stand in an allowlist. Call it before the credentials are recorded, in transactions of its own.
 *
 * @param bodies DER of certificates that can be read
 * @throws DomainError `forbidden`; `malformed` for what is no certificate; `unavailable`
 */
export async function enterCertificates(
  installation: Installation,
  actor: Actor,
  bodies: readonly Uint8Array[],
): Promise<void> {
  authorize(actor, "client:manage");
  if (bodies.length === 0) return;
  const authorities = await ownAuthorities(installation);
  const wanted: NewForeign[] = [];
  for (const body of bodies) {
    await letOthersRun();
    wanted.push({ id: newId(), certificate: readForeign(new Uint8Array(body), authorities) });
  }
  const connection = await openDriver(installation.config.database);
  try {
    for (let start = 0; start < wanted.length; start += FOREIGN_BATCH_MAX) {
      const batch = wanted.slice(start, start + FOREIGN_BATCH_MAX);
      const outcomes = await installation.database.inTurn(() =>
        connection.transaction((transaction) =>
          recordForeign(
            transaction,
            isAllowed(actor, "certificate:import") ? actor : ON_BEHALF,
            batch,
            installation.clock.now(),
            { provesClient: true, requestedBy: actor.name },
          ),
        ),
      );
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.outcome !== "refused") continue;
        const { sha256 } = batch[index]?.certificate ?? {};
        log("access").warn({ sha256, reason: outcome.reason }, "a certificate of a client is not recorded");
      }
    }
  } finally {
    await connection.close();
  }
}
