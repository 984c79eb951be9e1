import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { changeProxy, createProxy } from "#lib/access/proxy-change.ts";
import type { ProxyChange } from "#lib/access/proxy-input.ts";
import { getProxy } from "#lib/access/proxy-read.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { bundleNames } from "#lib/authority/named-bundles.ts";
import { createBundle, deleteBundle } from "#lib/inventory/trust-bundle-change.ts";

const admin = testActor("admin");
let here: TestInstallation;
let serviceId: string;
let rootId: string;
let slugs = 0;

beforeAll(async () => {
  here = await testInstallation();
  rootId = (await foundAuthorities(here, admin, { organisation: "Example" })).rootId;
  serviceId = await createService(here, admin, { slug: "payments", name: "Payments" });
});
afterAll(() => here.close());

const facts = (): ProxyChange => ({
  ...{ name: "Edge", kind: "nginx", header: "client-cert", services: [serviceId] },
});
const connected = (more: { bundle?: string; software?: string }) =>
  createProxy(here, admin, { slug: `edge-${++slugs}`, ...facts(), ...more });

async function rootCertificate() {
  const { slug, certificateId } = await here.database.read.authority.findUniqueOrThrow({
    where: { id: rootId },
    select: { slug: true, certificateId: true },
  });
  return { slug, certificateId };
}

test("a proxy may load any bundle that is published: made by hand, kept by itself, or of one authority", async () => {
  const { slug, certificateId } = await rootCertificate();
  await createBundle(here, admin, {
    slug: "edges",
    name: "Edges",
    description: "",
    members: [certificateId],
  });
  for (const bundle of ["edges", "clients", "servers", slug, ""]) {
    const { id } = await connected({ bundle });
    expect(await getProxy(here, admin, id)).toMatchObject({ bundle, software: "" });
  }
  const names = await bundleNames(here, testActor("viewer"));
  expect(names).toContainEqual({ slug: "edges", name: "Edges", kind: "made" });
  expect(names).toContainEqual({ slug: "clients", name: "Our clients", kind: "kept" });
  expect(names.find((each) => each.slug === slug)).toMatchObject({ kind: "authority" });
});

test("a bundle that there is not is refused, and one that was deleted since stays until another is said", async () => {
  for (const bundle of ["nowhere", "../clients", "Edges ", "\u202e", "x".repeat(300)]) {
    await expect(connected({ bundle })).rejects.toMatchObject({ violations: [{ field: "bundle" }] });
  }
  await expect(connected({ bundle: "nowhere" })).rejects.toMatchObject({
    ...{ code: "policyViolation", violations: [{ field: "bundle", rule: "proxy.bundle" }] },
  });
  const bundle = await createBundle(here, admin, {
    ...{ slug: "soon-gone", name: "Soon gone", description: "" },
    members: [(await rootCertificate()).certificateId],
  });
  const { id } = await connected({ bundle: "soon-gone" });
  await deleteBundle(here, admin, bundle, 1);
  await changeProxy(here, admin, id, 1, { ...facts(), name: "Renamed", bundle: "soon-gone" });
  expect(await getProxy(here, admin, id)).toMatchObject({ name: "Renamed", bundle: "soon-gone" });
  await changeProxy(here, admin, id, 2, facts());
  await expect(changeProxy(here, admin, id, 3, { ...facts(), bundle: "soon-gone" })).rejects.toMatchObject({
    code: "policyViolation",
  });
});

test("a version is one as distributions write it, and nothing else", async () => {
  for (const software of ["1.22.1", "2.6.12-1+deb12u4", "v3.1.0-rc2", "5", "1.30-dev", " 1.22.1 "]) {
    const { id } = await connected({ software });
    expect((await getProxy(here, admin, id)).software).toBe(software.trim());
  }
  for (const software of ["nginx/1.22.1", "latest", "1..2", "1.2;", "<b>1</b>", `1.${"0".repeat(99)}`]) {
    await expect(connected({ software })).rejects.toMatchObject({
      ...{ code: "malformed", violations: [{ field: "software" }] },
    });
  }
});

test("the audit trail has both, before and after", async () => {
  const { id } = await connected({ bundle: "clients", software: "1.22.1" });
  await changeProxy(here, admin, id, 1, { ...facts(), bundle: "servers", software: "1.26.0" });
  const [event] = await here.database.read.auditEvent.findMany({
    where: { objectId: id, action: "proxy.changed" },
    select: { details: true },
  });
  expect(JSON.parse(event?.details ?? "")).toMatchObject({
    before: { bundle: "clients", software: "1.22.1" },
    after: { bundle: "servers", software: "1.26.0" },
  });
});
