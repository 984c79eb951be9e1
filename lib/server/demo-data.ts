import { foundAuthorities } from "#lib/authority/founding.ts";
import { issueWithKeyMadeHere } from "#lib/authority/issue.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { renewWithKeyMadeHere } from "#lib/authority/renew.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import type { Role } from "#lib/authorization/permissions.ts";
import { addSeconds, type Clock, truncateToSecond } from "#lib/clock.ts";
import { createApiToken, revokeApiToken } from "#lib/identity/api-tokens.ts";
import { acceptInvitation, invite } from "#lib/identity/invitations.ts";
import { completeSetup } from "#lib/identity/setup.ts";
import { ensureSetupToken } from "#lib/identity/setup-state.ts";
import { userActor } from "#lib/identity/user-actor.ts";
import type { Installation } from "#lib/installation.ts";
import { annotateCertificates, setNotes } from "#lib/inventory/annotate.ts";
import { importCertificates } from "#lib/inventory/import-certificates.ts";
import { createBundle } from "#lib/inventory/trust-bundle-change.ts";
import { demoClients } from "#lib/server/demo-clients.ts";
import { demoFailures } from "#lib/server/demo-failures.ts";
import { type DemoForeign, demoForeign } from "#lib/server/demo-foreign.ts";
import { demoRevocations } from "#lib/server/demo-revocations.ts";
import { DEMO_SERVICES, type DemoService, DOMAIN } from "#lib/server/demo-services.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import { OID } from "#lib/x509/oids.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** For everybody in the demo, which listens on this machine only. */
export const DEMO_PASSWORD = "windmill copper otter";

export const DEMO_PEOPLE: readonly { name: string; email: string; role: Role }[] = [
  { name: "Ada Lindqvist", email: `ada@${DOMAIN}`, role: "admin" },
  { name: "Otto Berg", email: `otto@${DOMAIN}`, role: "operator" },
  { name: "Aila Niemi", email: `aila@${DOMAIN}`, role: "auditor" },
];

const DAY = 86_400;
const DAYS_BACK = 730;

/**
 * Fills an empty installation with what a company of middle size has after two years, all of it through the
 * domain functions, as if it had happened day by day.
 *
 * @param installation migrated, not set up; its clock says when "now" is
 */
export async function fillDemo(installation: Installation): Promise<void> {
  const now = installation.clock.now();
  let present = addSeconds(now, -DAYS_BACK * DAY);
  const clock: Clock = { now: () => present };
  const then: Installation = { ...installation, clock };
  const on = (daysAgo: number) => {
    present = truncateToSecond(addSeconds(now, Math.round(-daysAgo * DAY)));
  };
  const issuer = inlineIssuer(then);
  const { ada, otto } = await foundCompany(then);
  const events = [
    ...demoLife(then, issuer, otto),
    ...demoTokens(then, ada),
    ...demoRevocations(then, ada, otto),
    ...demoClients(then, ada, otto),
    ...demoFailures(then, otto),
    ...demoImports(then, ada, await demoForeign(now)),
  ].sort((a, b) => b.daysAgo - a.daysAgo);
  for (const { daysAgo, run } of events) {
    on(daysAgo);
    await run();
  }
  await issuer.close();
}

interface DemoEvent {
  daysAgo: number;
  run: () => Promise<unknown>;
}

async function foundCompany(installation: Installation): Promise<{ ada: UserActor; otto: UserActor }> {
  const [admin, ...others] = DEMO_PEOPLE;
  const token = await ensureSetupToken(installation);
  if (admin === undefined || token === null) throw new TypeError("the demo is set up already");
  const { name, email } = admin;
  const organisation = "Northwind Energy";
  const { userId } = await completeSetup(installation, token, {
    name,
    email,
    password: DEMO_PASSWORD,
    organisation,
  });
  const ada = userActor({ id: userId, name, email, role: "admin", status: "active" }, "");
  await foundAuthorities(installation, ada, { organisation });
  for (const person of others) {
    const { url } = await invite(installation, ada, person);
    await acceptInvitation(installation, url.split("#")[1] ?? "", {
      name: person.name,
      password: DEMO_PASSWORD,
    });
  }
  const operator = await installation.database.read.user.findFirstOrThrow({ where: { role: "operator" } });
  return { ada, otto: userActor(operator, "") };
}

/** Every certificate of every service, each renewed at about two thirds of its life. */
function demoLife(installation: Installation, issuer: Issuer, actor: UserActor): DemoEvent[] {
  return DEMO_SERVICES.flatMap((service, position) => {
    let id = "";
    const events: DemoEvent[] = [
      {
        daysAgo: service.since,
        run: async () => {
          id = await issueFirst(issuer, actor, service);
          const { owner, tags, notes } = service;
          await annotateCertificates(installation, actor, [id], { owner, addTags: tags });
          if (notes !== undefined) await setNotes(installation, actor, id, notes);
        },
      },
    ];
    // Not all on the same day, and the same days each time.
    const period = service.days * (0.6 + ((position * 7) % 10) / 100);
    const last = Math.max(service.until ?? 0, service.forgotten === true ? period * 0.12 : 0);
    for (let daysAgo = service.since - period; daysAgo > last; daysAgo -= period) {
      events.push({
        daysAgo,
        run: async () => {
          const { issued } = await renewWithKeyMadeHere(installation, issuer, actor, id, {
            keyAlgorithm: service.keyAlgorithm ?? "ecdsa-p256",
            subject: [],
            names: [],
          });
          id = issued.id;
        },
      });
    }
    // One more renewal would have been due by now, but nobody did it.
    if (service.forgotten === true && events.length > 1) events.pop();
    return events;
  });
}

async function issueFirst(issuer: Issuer, actor: UserActor, service: DemoService): Promise<string> {
  const isClient = service.profile === "client" || service.profile === "short-lived-client";
  const names: GeneralName[] = isClient
    ? [{ type: "uri", value: `spiffe://${DOMAIN}/${service.name}` }]
    : [service.name, ...(service.more ?? [])].map((name) => ({
        type: "dns",
        value: name === "" ? DOMAIN : `${name}.${DOMAIN}`,
      }));
  const { issued } = await issueWithKeyMadeHere(issuer, actor, {
    profile: service.profile,
    keyAlgorithm: service.keyAlgorithm ?? "ecdsa-p256",
    subject: isClient ? [[{ type: OID.commonName, value: service.name }]] : [],
    names,
    lifetimeSeconds: service.days * DAY,
  });
  return issued.id;
}

function demoTokens(installation: Installation, actor: UserActor): DemoEvent[] {
  let old = "";
  const inDays = (days: number) => addSeconds(installation.clock.now(), days * DAY);
  const token = (name: string, scopes: string[], days: number | null) =>
    createApiToken(installation, actor, { name, scopes, expiresAt: days === null ? null : inDays(days) });
  return [
    { daysAgo: 700, run: async () => (old = (await token("Jenkins", ["certificate:issue"], null)).id) },
    { daysAgo: 300, run: () => revokeApiToken(installation, actor, { id: old }) },
    { daysAgo: 299, run: () => token("GitLab pipelines", ["certificate:issue", "certificate:renew"], 365) },
    { daysAgo: 120, run: () => token("Inventory report", ["certificate:read"], 180) },
  ];
}

/** Imports what others made, the second time with a part that cannot be read. */
function demoImports(installation: Installation, actor: UserActor, foreign: DemoForeign): DemoEvent[] {
  const importFile = (fileName: string, text: string) =>
    importCertificates(installation, actor, {
      fileName,
      password: null,
      declaredBytes: null,
      source: (async function* () {
        yield Buffer.from(text);
      })(),
    });
  const pem = (certificates: Uint8Array[]) =>
    certificates.map((der) => encodePem("CERTIFICATE", der)).join("");
  return [
    {
      daysAgo: 180,
      run: async () => {
        await importFile("nordgrid-servers.pem", pem(foreign.partner));
        await trustPartner(installation, actor);
      },
    },
    {
      daysAgo: 46,
      run: () =>
        importFile(
          "network-scan.pem",
          pem(foreign.appliances) + encodePem("CERTIFICATE", Buffer.from("a certificate that was cut off")),
        ),
    },
  ];
}

async function trustPartner(installation: Installation, actor: UserActor): Promise<void> {
  const rows = await installation.database.read.certificate.findMany({
    where: { source: "import" },
    select: { id: true, subject: true, issuerName: true, kind: true },
  });
  const ids = rows.map(({ id }) => id);
  await annotateCertificates(installation, actor, ids, { owner: "Metering", addTags: ["partner"] });
  await createBundle(installation, actor, {
    slug: "partners",
    name: "Partners",
    description: "Whose servers our programs call.",
    members: rows
      .filter(({ kind, subject, issuerName }) => kind === "authority" && subject === issuerName)
      .map(({ id }) => id),
  });
}
