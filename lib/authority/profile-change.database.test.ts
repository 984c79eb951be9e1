import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { setAuthorityStatus } from "#lib/authority/authority-change.ts";
import { getAuthority } from "#lib/authority/authority-read.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { changeProfile, createProfile } from "#lib/authority/profile-change.ts";
import type { ProfileRules } from "#lib/authority/profile-rules.ts";

let installation: TestInstallation;
const admin = testActor("admin");

beforeAll(async () => {
  installation = await testInstallation();
  await foundAuthorities(installation, admin, { organisation: "Example" });
});
afterAll(() => installation.close());

async function change(slug: string, wishes: { authorityId?: string; rules?: ProfileRules }): Promise<void> {
  const row = await installation.database.read.certificateProfile.findUniqueOrThrow({ where: { slug } });
  const { id, version, name, description, authorityId } = row;
  const rules = JSON.parse(row.rules) as ProfileRules;
  await changeProfile(installation, admin, id, version, {
    slug,
    name,
    description,
    authorityId,
    rules,
    ...wishes,
  });
}

test("a retired authority is given to no profile; a profile that has it can still be changed", async () => {
  const client = await getAuthority(installation, admin, "example-client-ca");
  const workload = await getAuthority(installation, admin, "example-workload-ca");
  await setAuthorityStatus(installation, admin, client.id, client.version, "retired");
  const refusal = { violations: [{ field: "authorityId", rule: "authority.status" }] };
  const rules: ProfileRules = { ...LISTENER_PROFILE.rules, usages: ["client"] };
  const fresh = { slug: "fresh", name: "Fresh", description: "", authorityId: client.id, rules };
  await expect(createProfile(installation, admin, fresh)).rejects.toMatchObject(refusal);
  await createProfile(installation, admin, { ...fresh, authorityId: workload.id });
  await expect(change("fresh", { authorityId: client.id })).rejects.toMatchObject(refusal);
  await change("client", {});
});

const { rules } = LISTENER_PROFILE;
const { names } = rules;
const workload = async () => (await getAuthority(installation, admin, "example-workload-ca")).id;

test.each([
  ["rules.usages", { usages: ["client"] }],
  ["rules.keyAlgorithms", { keyAlgorithms: ["rsa-2048"] }],
  [
    "rules.lifetime.defaultSeconds",
    { lifetime: { minSeconds: 60, defaultSeconds: 3_600, maxSeconds: 86_400 } },
  ],
  ["rules.subject.commonName", { subject: { commonName: "forbidden", otherAttributes: false } }],
  ["rules.names.dns.allowed", { names: { ...names, dns: { ...names.dns, allowed: false } } }],
  ["rules.names.dns.patterns", { names: { ...names, dns: { ...names.dns, patterns: ["*.test"] } } }],
  ["rules.names.ip.allowed", { names: { ...names, ip: { ...names.ip, allowed: false } } }],
  ["rules.names.ip.ranges", { names: { ...names, ip: { ...names.ip, ranges: ["10.0.0.0/8"] } } }],
  ["rules.names.max", { names: { ...names, max: 1 } }],
] as [string, Partial<ProfileRules>][])(
  "our own listeners can always be issued for: %s stays good enough",
  async (field, wishes) => {
    const authorityId = await workload();
    const changed = change(LISTENER_PROFILE.slug, { authorityId, rules: { ...rules, ...wishes } });
    await expect(changed).rejects.toMatchObject({ violations: [{ field, rule: "profile.listener" }] });
  },
);

test("the listeners' profile can be changed in what they do not need", async () => {
  const lifetime = { minSeconds: 3_600, defaultSeconds: 7 * 86_400, maxSeconds: 30 * 86_400 };
  await change(LISTENER_PROFILE.slug, { authorityId: await workload(), rules: { ...rules, lifetime } });
});
