import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { createClient } from "#lib/access/client-change.ts";
import { getClient, listClients } from "#lib/access/client-read.ts";
import { suspendClient } from "#lib/access/client-status.ts";
import { addCredential } from "#lib/access/credential-change.ts";
import type { CredentialInput } from "#lib/access/credential-input.ts";
import { createGrant } from "#lib/access/grant-change.ts";
import { createService } from "#lib/access/service-change.ts";
import { clientObstacle, whoCanReach } from "#lib/access/who-can-reach.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { inlineIssuer } from "#lib/authority/issuer.ts";
import { holdCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { addSeconds, type Clock } from "#lib/clock.ts";
import { generateKeyPair } from "#lib/x509/key.ts";

const admin = testActor("admin");
const DAY = 86_400;
let now: Date;
const clock: Clock = { now: () => new Date(now) };
let installation: TestInstallation;

beforeEach(async () => {
  now = new Date("2027-03-01T12:30:00Z");
  installation = await testInstallation(clock);
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterEach(() => installation.close());

async function issued(name: string) {
  const key = await generateKeyPair("ecdsa-p256");
  const { id } = await inlineIssuer(installation).issue({
    ...{ profile: "client", key, subject: [[{ type: "2.5.4.3", value: name }]], source: "api", actor: admin },
    names: [{ type: "dns", value: name }],
  });
  return installation.database.read.certificate.findUniqueOrThrow({ where: { id } });
}

async function granted(name: string, serviceId: string, credential: CredentialInput) {
  const clientId = await createClient(installation, admin, { name });
  await addCredential(installation, admin, clientId, credential);
  await createGrant(installation, admin, { clientId, serviceId });
  return clientId;
}

const obstacle = async (service: string) =>
  Object.fromEntries(
    (await whoCanReach(installation, admin, service)).clients.map((each) => [
      each.client.name,
      each.obstacle,
    ]),
  );

test("nobody reaches a service by a certificate that is refused there", async () => {
  const open = await createService(installation, admin, { slug: "open", name: "Open" });
  const [sound, held, revoked] = [
    await issued("sound.example"),
    await issued("held.example"),
    await issued("revoked.example"),
  ];
  const pinned = ({ sha256 }: { sha256: string | null }) =>
    ({ kind: "certificate", sha256: sha256 ?? "" }) as const;
  await granted("Sound", open, pinned(sound));
  await granted("Held", open, pinned(held));
  await granted("Revoked", open, { kind: "key", sha256: revoked.keySha256 });
  await granted("Not in the inventory", open, { kind: "certificate", sha256: "ab".repeat(32) });
  const byName = { kind: "name", authorityId: sound.issuerId ?? "", nameType: "dns" } as const;
  await granted("Named", open, { ...byName, nameValue: "sound.example" });
  await granted("Nobody", open, { ...byName, nameValue: "nobody.example" });
  await holdCertificate(installation, admin, held.id, {});
  await revokeCertificate(installation, admin, revoked.id, { reason: "keyCompromise" });
  expect(await obstacle("open")).toEqual({
    ...{ Sound: null, Held: "certificate-held", Revoked: "certificate-revoked" },
    ...{ "Not in the inventory": null, Named: null, Nobody: "no-certificate" },
  });

  const { clients: reaching } = await whoCanReach(installation, admin, "open");
  expect(reaching.filter(({ isListable }) => !isListable).map(({ client }) => client.name)).toEqual([
    "Not in the inventory",
  ]);

  const root = await installation.database.read.authority.findFirstOrThrow({ where: { parentId: null } });
  const strong = await createService(installation, admin, {
    ...{ slug: "strong", name: "Strong", minimumStrength: 192 },
  });
  const other = await createService(installation, admin, {
    ...{ slug: "other", name: "Other", authorities: [root.id] },
  });
  const { clients } = await listClients(installation, admin, { search: "Sound" });
  const soundId = clients[0]?.id ?? "";
  await createGrant(installation, admin, { clientId: soundId, serviceId: strong });
  await createGrant(installation, admin, { clientId: soundId, serviceId: other });
  expect((await obstacle("strong")).Sound).toBe("key-too-weak");
  expect((await obstacle("other")).Sound).toBe("issuer-not-accepted");
  expect(await clientObstacle(installation, admin, soundId, other)).toBe("issuer-not-accepted");
  expect(await clientObstacle(installation, admin, soundId, open)).toBeNull();
  await suspendClient(installation, admin, soundId);
  expect(await clientObstacle(installation, admin, soundId, open)).toBe("client-suspended");
});

test("a name whose last certificate has ended proves nothing, until there is a new one", async () => {
  const open = await createService(installation, admin, { slug: "open", name: "Open" });
  const first = await issued("ended.example");
  const id = await granted("Ended", open, {
    ...{ kind: "name", authorityId: first.issuerId ?? "", nameType: "dns", nameValue: "ended.example" },
  });
  const shown = async () => {
    const [listed] = (await listClients(installation, admin)).clients;
    const [credential] = (await getClient(installation, admin, id)).credentials;
    return [listed?.proofs[0]?.standing, listed?.proofs[0]?.notAfter, credential?.proof?.certificate?.id];
  };
  expect(await shown()).toEqual(["live", first.notAfter, first.id]);
  now = addSeconds(first.notAfter, 16 * DAY);
  expect(await shown()).toEqual(["expired", first.notAfter, first.id]);
  expect(await obstacle("open")).toEqual({ Ended: "certificate-expired" });
  const second = await issued("ended.example");
  expect(await shown()).toEqual(["live", second.notAfter, second.id]);
  expect(await obstacle("open")).toEqual({ Ended: null });
});
