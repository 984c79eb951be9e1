import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";

test("a platform engineer finds the configuration of a proxy, and what it cannot do", async ({
  page,
  instance,
}) => {
  await page.goto("/revocation/setup");
  await expect(page.getByText(`ssl_crl                /etc/nginx/countersign/clients.crl;`)).toBeVisible();
  const { port } = new URL(instance.protocolHttp);
  await expect(page.getByText(`--url http://localhost:${port}/crl/clients.pem`).first()).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel("Proxy and check").selectOption("haproxy");
  await page.getByLabel("Name of the service").fill("orders.example");
  await page.getByRole("button", { name: "Show the configuration" }).click();
  await expect(page.getByText("bind :443 ssl crt /etc/haproxy/countersign/orders.example.pem")).toBeVisible();
  await expect(page).toHaveURL(/choice=haproxy/);
  await page.getByRole("tab", { name: "cron" }).click();
  await expect(page.getByText("* * * * * root /usr/local/sbin/countersign-fetch-crl.sh")).toBeVisible();
  await expect(page.getByRole("heading", { name: "What HAProxy cannot do" })).toBeVisible();
  await expect(page.getByText("checks neither CRLs nor OCSP of client certificates").first()).toBeVisible();

  await page.getByLabel("Proxy and check").selectOption("nginx-ocsp");
  await page.getByRole("button", { name: "Show the configuration" }).click();
  await expect(page.getByText("ssl_ocsp               leaf;")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Fetch the authorities" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Keep the CRL file fresh" })).toHaveCount(0);
  await expectAccessible(page);

  await page.getByLabel("Service behind it").fill("127.0.0.1:8080; include /etc/passwd");
  await page.getByRole("button", { name: "Show the configuration" }).click();
  await expect(page.getByText("Say host:port, such as 127.0.0.1:8080.")).toBeVisible();
  await expect(page.getByText("There is no configuration for this yet")).toBeVisible();
  await expectAccessible(page);
});
