import { publishDueCrls } from "#lib/authority/crl-publish.ts";
import type { RevocationInput } from "#lib/authority/revocation-input.ts";
import { holdCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { addSeconds } from "#lib/clock.ts";
import type { Installation } from "#lib/installation.ts";

/** Whose certificate was revoked or held in the demo, how many days ago, and why. */
interface DemoRevocation {
  daysAgo: number;
  /** Name of the certificate; its newest one. */
  name: string;
  /** Absent for a hold. */
  reason?: RevocationInput["reason"];
  comment: string;
  /** How many days before that the key was stolen. */
  compromisedBefore?: number;
}

const REVOCATIONS: readonly DemoRevocation[] = [
  {
    daysAgo: 328,
    name: "legacy-shop.northwind.example",
    reason: "cessationOfOperation",
    comment: "Switched off; shop took over.",
  },
  {
    daysAgo: 198.5,
    name: "print.int.northwind.example",
    reason: "cessationOfOperation",
    comment: "The print server is gone.",
  },
  {
    daysAgo: 40.2,
    name: "substation-013",
    reason: "keyCompromise",
    comment: "Break-in at the substation, the controller is missing (INC-2041).",
    compromisedBefore: 2,
  },
  { daysAgo: 16.3, name: "substation-028", comment: "Handshakes at night from an unknown address." },
  {
    daysAgo: 1.1,
    name: "substation-033",
    comment: "Does not answer since the storm; somebody drives there.",
  },
];

const DAY = 86_400;
const PUBLISHED_AFTER = 4 / DAY;

/**
 * What was revoked and held, each time with the CRL that has it.
 *
 * @param installation its clock says when it happens
 * @param admin who revokes
 * @param operator who holds
 */
export function demoRevocations(installation: Installation, admin: UserActor, operator: UserActor) {
  return REVOCATIONS.flatMap(({ daysAgo, name, reason, comment, compromisedBefore }) => [
    {
      daysAgo,
      run: async () => {
        const { id } = await installation.database.read.certificate.findFirstOrThrow({
          where: { displayName: name, status: "issued" },
          orderBy: { createdAt: "desc" },
          select: { id: true },
        });
        if (reason === undefined) {
          await holdCertificate(installation, operator, id, { comment });
          return;
        }
        const invalidAt =
          compromisedBefore === undefined
            ? null
            : addSeconds(installation.clock.now(), -compromisedBefore * DAY);
        await revokeCertificate(installation, admin, id, { reason, comment, invalidAt });
      },
    },
    { daysAgo: daysAgo - PUBLISHED_AFTER, run: () => publishDueCrls(installation) },
  ]);
}
