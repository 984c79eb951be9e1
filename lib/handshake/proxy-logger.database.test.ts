import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { changeProxy, createProxy } from "#lib/access/proxy-change.ts";
import type { ProxyChange } from "#lib/access/proxy-input.ts";
import { createService } from "#lib/access/service-change.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { createBundle, deleteBundle } from "#lib/inventory/trust-bundle-change.ts";
import { diagnoseLines } from "./diagnose-lines.ts";
import { loggerOf } from "./proxy-logger.ts";

const admin = testActor("admin");
let here: TestInstallation;
let services: string[];
let root: { id: string; sha256: string; subject: string };
let issuing: { subject: string };
let number = 0;

beforeAll(async () => {
  here = await testInstallation();
  const { rootId } = await foundAuthorities(here, admin, { organisation: "Example" });
  const select = { certificate: { select: { id: true, sha256: true, subject: true } } };
  const own = await here.database.read.authority.findUniqueOrThrow({ where: { id: rootId }, select });
  root = { ...own.certificate, sha256: own.certificate.sha256 ?? "" };
  issuing = (
    await here.database.read.authority.findFirstOrThrow({
      where: { kind: "intermediate", purposes: { contains: '"client"' } },
      select,
    })
  ).certificate;
  services = [
    await createService(here, admin, { slug: "payments", name: "Payments", hostNames: ["pay.example.test"] }),
  ];
});
afterAll(() => here.close());

const facts = (more: Partial<ProxyChange> = {}): ProxyChange => ({
  ...{ name: "Edge", kind: "nginx", header: "client-cert", services, ...more },
});
const connected = async (more?: Partial<ProxyChange>) => {
  const slug = `edge-${++number}`;
  return { slug, ...(await createProxy(here, admin, { slug, ...facts(more) })) };
};
const bundleOf = (slug: string, members: string[]) =>
  createBundle(here, admin, { slug, name: slug, description: "", members });
const loaded = async (id: string, after = 0) =>
  (await loggerOf(here.database, id, here.clock.now().getTime() + after)).trusted;

/** A client that did not send the certificate of its issuer. */
const alone = () =>
  JSON.stringify({
    ...{ time: new Date().toISOString(), remote_addr: "192.0.2.7", remote_port: "40404", status: "400" },
    ...{ ssl_protocol: "TLSv1.3", ssl_client_verify: "FAILED:unable to verify the first certificate" },
    ...{
      ssl_client_s_dn: "CN=till-7,O=Example",
      ssl_client_i_dn: issuing.subject,
      ssl_client_serial: "0A11",
    },
  });
async function diagnosed(proxy: string, bundle?: string) {
  const { handshakes } = await diagnoseLines(here, admin, [alone()], { proxy, bundle });
  return handshakes[0]?.diagnosis ?? expect.fail("no handshake");
}

test("what a proxy trusts is presumed until somebody says which bundle it loads, and then it is known", async () => {
  await bundleOf("roots", [root.id]);
  const { id, slug } = await connected();
  expect(await loaded(id)).toBeNull();
  expect(await diagnosed(slug)).toMatchObject({ cause: "intermediate-missing", certainty: "one-of" });
  await changeProxy(here, admin, id, 1, facts({ bundle: "roots" }));
  expect(await loaded(id)).toEqual(new Set([root.sha256]));
  expect(await diagnosed(slug)).toMatchObject({ cause: "intermediate-missing", certainty: "certain" });
  // Whoever asks may say another one.
  expect((await diagnosed(slug, "clients")).certainty).toBe("one-of");
});

test("a proxy that did not find what is in its bundle has loaded another one", async () => {
  const { slug } = await connected({ bundle: "clients" });
  const { certainty, evidence } = await diagnosed(slug);
  expect(certainty).toBe("one-of");
  expect(evidence.map(({ text }) => text).join()).toContain("another one, or an older one");
});

test("a bundle that was deleted since, or that is empty, is as if nobody had said one", async () => {
  const bundle = await bundleOf("passing", [root.id]);
  await bundleOf("empty", []);
  const { id } = await connected({ bundle: "passing" });
  expect(await loaded(id)).toEqual(new Set([root.sha256]));
  await deleteBundle(here, admin, bundle, 1);
  expect(await loaded(id, 60_000)).toBeNull();
  expect(await loaded((await connected({ bundle: "empty" })).id)).toBeNull();
});

test("advice is for the version that the proxy is said to have", async () => {
  const { id, slug } = await connected();
  const verify =
    "2026/02/03 04:05:06 [info] 7#7: *9 client SSL certificate verify error: (21:unable to verify the first certificate) while reading client request headers, client: 192.0.2.7, server: pay.example.test";
  const directive = async () => {
    const { handshakes } = await diagnoseLines(here, admin, [verify], { proxy: slug });
    return handshakes[0]?.diagnosis.missingDirective?.directive ?? expect.fail("no directive");
  };
  expect(await directive()).toContain("ssl_alpn_protocol");
  await changeProxy(here, admin, id, 1, facts({ software: "1.18.0-6ubuntu14" }));
  expect((await loggerOf(here.database, id, Date.now())).facts.version).toBe("1.18.0-6ubuntu14");
  expect(await directive()).not.toContain("ssl_alpn_protocol");
});

test("of a proxy that there is not nothing is known", async () => {
  expect(await loggerOf(here.database, "nobody", Date.now())).toMatchObject({
    ...{ kind: null, trusted: null, services: [], facts: { version: null, serverCertificates: [] } },
  });
});
