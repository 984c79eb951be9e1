import { ADMIN, expect, expectAccessible, fillSignIn, test } from "#e2e/fixtures/console-test.ts";
import { totpCode } from "#e2e/fixtures/totp.ts";

const NOBODY = { cookies: [], origins: [] };

test.describe("without a session", () => {
  test.use({ storageState: NOBODY });

  test("a person signs in with a password, comes to the page that was asked for, and signs out", async ({
    page,
  }) => {
    await page.goto("/settings/roles");
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel("E-mail address").fill(ADMIN.email);
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("alert").getByText("is not right")).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Roles" })).toBeVisible();

    await page.getByRole("button", { name: /Signed in as/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await page.goto("/settings/roles");
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  });

  test("a link cannot lead to another site after signing in", async ({ page, instance }) => {
    await page.goto("/sign-in?next=//evil.example/");
    await page.getByLabel("E-mail address").fill(ADMIN.email);
    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    expect(new URL(page.url()).origin).toBe(instance.url);
  });

  test("the session's cookie is out of reach for scripts and for other sites", async ({ page, context }) => {
    await fillSignIn(page, ADMIN.email, ADMIN.password);
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    const cookie = (await context.cookies()).find(({ name }) => name.endsWith("session_token"));
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  });

  test("a person adds a passkey and signs in with nothing else", async ({ page }) => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await fillSignIn(page, ADMIN.email, ADMIN.password);
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    await page.goto("/settings/account");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await expect(page.getByRole("listitem").filter({ hasText: "Chrome on Linux" })).toBeVisible();

    await page.getByRole("button", { name: /Signed in as/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL((url) => url.pathname !== "/sign-in");

    await page.goto("/settings/account");
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("button", { name: "Remove the passkey" }).click();
    await expect(page.getByText("No passkeys yet")).toBeVisible();
  });
});

test("a person switches codes from an app on, needs them from then on, and switches them off", async ({
  page,
  browser,
  instance,
}) => {
  await page.goto("/settings/account");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Set up" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your password").fill(ADMIN.password);
  await dialog.getByRole("button", { name: "Next" }).click();
  await expect(dialog.getByRole("img", { name: /QR code/ })).toBeVisible();
  await expectAccessible(page);
  const secret = (
    (await dialog.getByText("Secret", { exact: true }).locator("..").textContent()) ?? ""
  ).replace(/^Secret|\s/g, "");
  const uri = `otpauth://totp/x?secret=${secret}`;
  await dialog.getByLabel("Code that the app shows now").fill("000000");
  await dialog.getByRole("button", { name: "Switch on" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The code is not right");
  await dialog.getByLabel("Code that the app shows now").fill(totpCode(uri));
  await dialog.getByRole("button", { name: "Switch on" }).click();
  const backupCode = (await dialog.locator("pre").textContent())?.split("\n")[0] ?? "";
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByRole("button", { name: "Switch off" })).toBeVisible();
  // The session was exchanged for a new one: later journeys begin with it.
  await page.context().storageState({ path: instance.adminState });

  const elsewhere = await browser.newContext({ baseURL: instance.url, storageState: NOBODY });
  const other = await elsewhere.newPage();
  await fillSignIn(other, ADMIN.email, ADMIN.password);
  await expect(other.getByRole("heading", { name: "Second step" })).toBeVisible();
  await expectAccessible(other);
  await other.getByLabel("Code from your authenticator app").fill(totpCode(uri));
  await other.getByRole("button", { name: "Continue" }).click();
  await other.waitForURL((url) => url.pathname !== "/sign-in");

  await other.context().clearCookies();
  await fillSignIn(other, ADMIN.email, ADMIN.password);
  await other.getByRole("button", { name: "Use a backup code instead" }).click();
  await other.getByLabel("Backup code").fill(backupCode);
  await other.getByRole("button", { name: "Continue" }).click();
  await other.waitForURL((url) => url.pathname !== "/sign-in");
  await elsewhere.close();

  await page.reload();
  await page.getByRole("button", { name: "End all others" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "End all others" }).click();
  await expect(page.getByRole("button", { name: "End all others" })).toBeHidden();
  await page.getByRole("button", { name: "Switch off" }).click();
  await dialog.getByLabel("Your password").fill(ADMIN.password);
  await dialog.getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
});
