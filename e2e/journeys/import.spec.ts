import { tarOfFiles } from "#components/import/tar-of-files.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { encodePem } from "#lib/x509/pem.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

const pem = (label: string, der: Uint8Array) => encodePem(label, der);
const certificate = ({ der }: TestIdentity) => pem("CERTIFICATE", der);

test("An operator imports a bundle with faults, sees what became of each part, and finds the certificates", async ({
  page,
}) => {
  const root = await testAuthority({ subject: "CN=Partner Root,O=Partner" });
  const leaf = await testLeaf(root, { subject: "CN=\\<b\\>gate\\</b\\> 7,O=Partner" });
  const key = leaf.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const broken = pem("CERTIFICATE", root.der.subarray(0, 200));
  await page.goto("/certificates/import");
  await expect(page.getByText("Nothing imported yet")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("Choose a file or a folder first.")).toBeVisible();

  await page.getByLabel("Choose files").setInputFiles({
    name: "partner.pem",
    mimeType: "application/x-pem-file",
    buffer: Buffer.from(certificate(leaf) + key + broken + certificate(root) + certificate(leaf)),
  });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { name: "partner.pem" })).toBeVisible();
  await expect(page.getByText("done, with faults")).toBeVisible();
  await expect(page.getByText("4 certificates")).toBeVisible();
  await expect(page.getByText("Note: a private key, which is never kept.")).toBeVisible();
  await expect(page.getByRole("cell", { name: "PEM block 3", exact: true })).toBeVisible();
  await expectAccessible(page);
  const kept = await page.getByRole("link", { name: /200 bytes/ }).getAttribute("href");
  const body = await (await page.request.get(kept ?? "")).body();
  expect(body).toHaveLength(200);

  const found = await page.getByRole("link", { name: "<b>gate</b> 7" }).getAttribute("href");
  await page.goto(found ?? "");
  await expect(page.getByRole("heading", { name: "<b>gate</b> 7" })).toBeVisible();
  await expect(page.getByText("Issued elsewhere and imported.")).toBeVisible();
});

test("Several files are imported at once, and once only", async ({ page }) => {
  const root = await testAuthority({ subject: "CN=Second Root,O=Partner" });
  const leaf = await testLeaf(root, { subject: "CN=second leaf" });
  const files = [
    { name: "root.pem", mimeType: "text/plain", buffer: Buffer.from(certificate(root)) },
    { name: "leaf.der", mimeType: "application/octet-stream", buffer: Buffer.from(leaf.der) },
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("nothing of note") },
  ];
  for (const added of [2, 0]) {
    await page.goto("/certificates/import");
    await page.getByLabel("Choose files").setInputFiles(files);
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await expect(page.getByRole("heading", { name: "3 files" })).toBeVisible();
    await expect(page.getByRole("table", { name: "Parts that became no certificate" })).toContainText(
      "notes.txt",
    );
    if (added === 0) await expect(page.getByText("All of them are in the inventory already.")).toBeVisible();
    else await expect(page.getByRole("link", { name: "second leaf" })).toBeVisible();
  }
  await page.goto("/certificates/import");
  await expect(page.getByRole("link", { name: "3 files" })).toHaveCount(2);
});

test("A 90 MB upload arrives whole, and a page of another site cannot send any", async ({
  page,
  request,
}) => {
  const root = await testAuthority({ subject: "CN=Far Root" });
  const padding = Buffer.alloc(90_000_000, "# comment\n");
  const tar = tarOfFiles([
    { name: "a.txt", file: new Blob([padding.subarray(0, 45_000_000)]) },
    { name: "b.txt", file: new Blob([padding.subarray(0, 45_000_000)]) },
    { name: "root.pem", file: new Blob([certificate(root)]) },
  ]);
  const body = Buffer.from(await tar.arrayBuffer());
  await page.goto("/certificates/import");
  const own = new URL(page.url()).origin;
  const answer = await request.post("/certificates/import/upload?name=big.tar", {
    headers: { origin: own, "content-type": "application/octet-stream" },
    data: body,
    timeout: 60_000,
  });
  expect(answer.status()).toBe(200);
  const { done } = JSON.parse((await answer.text()).trim().split("\n").at(-1) ?? "");
  await page.goto(`/certificates/import/${done}`);
  await expect(page.getByRole("link", { name: "Far Root" })).toBeVisible();

  const foreign = await request.post("/certificates/import/upload?name=x", {
    headers: { origin: "https://evil.example", "content-type": "application/octet-stream" },
    data: certificate(root),
  });
  expect(foreign.status()).toBe(403);
});
