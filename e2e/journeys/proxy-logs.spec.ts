import { connectProxy, makeService } from "#e2e/fixtures/access-screens.ts";
import { expect, expectAccessible, test } from "#e2e/fixtures/console-test.ts";
import { sendLines } from "#e2e/fixtures/send-lines.ts";

const nginx = (at: Date, message: string) =>
  `${at.toISOString().slice(0, 10).replaceAll("-", "/")} ${at.toISOString().slice(11, 19)} [info] 19#19: *7 ${message}, client: 192.0.2.7, server: logs.example.test, request: "GET / HTTP/1.1", host: "logs.example.test"`;

const access = (at: Date, status: number) =>
  `192.0.2.7 - - [${at.toUTCString().slice(5, 16).replaceAll(" ", "/")}:${at.toISOString().slice(11, 19)} +0000] "GET /v1/ping HTTP/1.1" ${status} 230 "-" "corpus/1.0"`;

/** As the format that is recommended writes it. */
const json = (status: number) =>
  JSON.stringify({
    ...{ time: new Date().toISOString(), connection: status === 200 ? "8" : "7", remote_addr: "192.0.2.7" },
    ...{ remote_port: "41200", status, ssl_protocol: "TLSv1.3", ssl_client_serial: "4C2B7ED8D1C46DDB" },
    ssl_client_verify: status === 200 ? "SUCCESS" : "FAILED:certificate has expired",
    ...{ ssl_client_s_dn: "CN=logger,O=Example", ssl_client_i_dn: "CN=Nobody CA,O=Example" },
    ssl_client_v_end: status === 200 ? "Feb  1 00:00:00 2036 GMT" : "Feb  1 00:00:00 2026 GMT",
  });

test("a proxy's log goes from never sent over saying too little to good enough, each told with what mends it", async ({
  page,
  instance,
}) => {
  await page.goto("/failures/logs");
  await expectAccessible(page);
  const service = await makeService(page, "Logging orders");
  const token = await connectProxy(page, "Logging edge", service);
  const proxy = "logging-edge";

  await page.goto("/failures/logs");
  const row = page.getByRole("row").filter({ hasText: "Logging edge" });
  await expect(row).toContainText("never sent");
  await expectAccessible(page);
  await row.getByRole("link", { name: "Logging edge" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Logging edge" })).toBeVisible();
  await expect(page.getByText("error_log /var/log/nginx/error.log info;")).toBeVisible();
  await expect(page.getByText(/ExecStart=.*--proxy logging-edge/)).toBeVisible();
  await expectAccessible(page);
  for (const program of ["rsyslog", "syslog-ng", "Vector", "Fluent Bit"]) {
    await page
      .getByRole("navigation", { name: "By which program" })
      .getByRole("link", { name: program })
      .click();
    await expect(page.getByRole("link", { name: program })).toHaveAttribute("aria-current", "page");
  }
  await expect(page.getByText("Written by its documentation")).toBeVisible();
  // From its top, so that the head of the page covers no button.
  await page.goto(`/failures/logs/${proxy}?by=fluent-bit`);
  await expectAccessible(page);

  // What no kind of proxy stands for has its settings and logs, too.
  const software = page.getByRole("navigation", { name: "Of which software" });
  await software.getByRole("link", { name: "stunnel" }).click();
  await expect(page.getByRole("heading", { name: "What stunnel has to log" })).toBeVisible();
  await page.getByRole("link", { name: "Our script" }).click();
  await expect(page.getByText(/ExecStart=.*stunnel\.log/)).toBeVisible();

  // By its default log a refusal is a status 400, and no more.
  const at = new Date();
  expect((await sendLines(instance, { proxy, token, lines: [access(at, 400)] })).status).toBe(200);
  await expect(async () => {
    await page.goto("/failures/logs");
    await expect(row).toContainText("says too little", { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(row).toContainText("error_log /var/log/nginx/error.log info;");
  await expectAccessible(page);

  // Lines that nobody understands are shown as text.
  const strange = "<script>alert(1)</script> \u001b[31m is no line of a proxy";
  await sendLines(instance, { proxy, token, lines: [strange] });
  // With both logs as they are recommended, the same refusal says why, and what goes well is told of, too.
  const told = nginx(
    new Date(),
    "client SSL certificate verify error: (10:certificate has expired) while reading client request headers",
  );
  await sendLines(instance, { proxy, token, lines: [told, json(400), json(200)] });
  await expect(async () => {
    await page.goto(`/failures/logs/${proxy}`);
    await expect(page.getByText("<script>alert(1)</script> ⟨U+001B⟩[31m is no line of a proxy")).toBeVisible({
      timeout: 1_000,
    });
    await expect(page.getByText("says too little")).toHaveCount(0, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.goto("/failures/logs");
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  // What it lets fail stands on its own page, and on that of its service.
  await page.goto(`/proxies/${proxy}`);
  await expect(page.getByRole("table", { name: "Open failures of this proxy, worst first" })).toBeVisible();
  await expect(page.getByRole("link", { name: "what it takes" })).toHaveAttribute(
    "href",
    `/failures/logs/${proxy}`,
  );
  await expectAccessible(page);
});

test("logs of another software than the proxy's are told as what they are", async ({ page, instance }) => {
  const service = await makeService(page, "Misfit orders");
  const token = await connectProxy(page, "Misfit edge", service);
  const lines = Array.from(
    { length: 12 },
    (_, place) =>
      `Feb  3 04:05:${String(place).padStart(2, "0")} edge haproxy[1788]: 192.0.2.7:4778${place} [03/Feb/2026:04:05:06.917] mtls_main/1: SSL client certificate not trusted`,
  );
  await sendLines(instance, { proxy: "misfit-edge", token, lines });
  await expect(async () => {
    await page.goto("/failures/logs");
    const row = page.getByRole("row").filter({ hasText: "Misfit edge" });
    await expect(row).toContainText("lines of HAProxy", { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expectAccessible(page);
});
