import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { hasSyslogNg } from "../fixtures/syslog-ng.ts";
import { unpackSyslogNg } from "./unpacked-syslog-ng.ts";

/** What the tests against real tools and proxies use. */
const PACKAGES = [
  "chromium",
  "nginx",
  "haproxy",
  "apache2",
  "caddy",
  "stunnel4",
  "openssl",
  "curl",
  "wget",
  "busybox",
  "gnutls-bin",
  "libnss3-tools",
  "golang-cfssl",
  "default-jre-headless",
  "postgresql",
  "prometheus",
  "poppler-utils",
  "rsyslog",
  "rsyslog-gnutls",
  "unzip",
];

const POLICY = "/usr/sbin/policy-rc.d";

/**
 * Installs the tools on a build machine (CI, root, Debian); elsewhere says which are missing: the
 * tests that need them are skipped, and counted.
 *
 * @returns false when installing failed
 */
export function provideTools(): boolean {
  if (!existsSync("/usr/bin/dpkg-query")) {
    process.stdout.write("Not a Debian: tests whose tools are not installed are skipped.\n");
    return true;
  }
  const missing = PACKAGES.filter((name) => !isPackageInstalled(name));
  if (missing.length === 0 && hasSyslogNg()) return true;
  if (process.env.CI !== "true" || process.getuid?.() !== 0) {
    if (missing.length === 0) return true;
    const command = `sudo apt-get install ${missing.join(" ")}`;
    process.stdout.write(
      `Tests that need these are skipped unless they are installed otherwise:\n  ${command}\n`,
    );
    return true;
  }
  return install(missing);
}

function isPackageInstalled(name: string): boolean {
  const { stdout } = spawnSync("dpkg-query", ["--status", name], { encoding: "utf8" });
  return stdout.includes("Status: install ok installed");
}

function install(names: string[]): boolean {
  // Packages of servers start them at once; with this file in place they do not.
  const policyIsOurs = !existsSync(POLICY);
  if (policyIsOurs) {
    writeFileSync(POLICY, "#!/bin/sh\nexit 101\n");
    chmodSync(POLICY, 0o755);
  }
  const apt = (...parameters: string[]) =>
    execFileSync("apt-get", ["-q", "-o", "Dpkg::Use-Pty=0", ...parameters], {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      timeout: 15 * 60_000,
    });
  try {
    apt("update");
    if (names.length > 0) apt("install", "-y", "--no-install-recommends", ...names);
    unpackSyslogNg();
    return true;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  } finally {
    if (policyIsOurs) rmSync(POLICY, { force: true });
  }
}
