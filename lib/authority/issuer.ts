import { IssuanceGroups } from "#lib/authority/issuance-group.ts";
import type { IssuedCertificate } from "#lib/authority/issuance-job.ts";
import { type IssuanceOrder, readOrder } from "#lib/authority/issuance-order.ts";
import { type DriverConnection, openDriver } from "#lib/driver.ts";
import type { Installation } from "#lib/installation.ts";

/** Turns orders into certificates. One per process. */
export interface Issuer {
  /** @throws DomainError for whatever is refused */
  issue(order: IssuanceOrder): Promise<IssuedCertificate>;
  close(): Promise<void>;
}

/** An issuer on the thread of its caller: for the console and for tests, where orders are few. */
export function inlineIssuer(installation: Installation): Issuer {
  let opened: Promise<{ connection: DriverConnection; groups: IssuanceGroups }> | undefined;
  const open = async () => {
    const connection = await openDriver(installation.config.database);
    const { masterKey, clock, database } = installation;
    return { connection, groups: new IssuanceGroups(connection, masterKey, clock, database.inTurn) };
  };
  return {
    async issue(order) {
      const job = readOrder(order);
      opened ??= open();
      const { groups } = await opened;
      return new Promise((resolve, reject) => groups.add({ job, resolve, reject }));
    },
    async close() {
      await (await opened)?.connection.close();
    },
  };
}
