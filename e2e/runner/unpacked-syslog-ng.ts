import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasSyslogNg, SYSLOG_NG_FOLDER } from "../fixtures/syslog-ng.ts";

/** With what it needs that nothing else has brought along. */
const PACKAGES = ["syslog-ng-core", "syslog-ng-mod-http", "libivykis0", "libpcre3", "libnet1", "libwrap0"];

/**
 * Unpacks syslog-ng where nothing but the tests finds it: Debian has it conflict with rsyslog. To be called as root.
 *
 * @throws Error when its packages cannot be fetched
 */
export function unpackSyslogNg(): void {
  if (hasSyslogNg()) return;
  const folder = mkdtempSync(join(tmpdir(), "countersign-packages-"));
  try {
    execFileSync("apt-get", ["-q", "download", ...PACKAGES], {
      cwd: folder,
      stdio: "inherit",
      timeout: 300_000,
    });
    const unfinished = `${SYSLOG_NG_FOLDER}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".deb")))
      execFileSync("dpkg-deb", ["--extract", join(folder, name), unfinished]);
    if (!existsSync(join(unfinished, "usr/sbin/syslog-ng")))
      throw new Error("syslog-ng is not in its package");
    execFileSync("mv", ["-T", unfinished, SYSLOG_NG_FOLDER]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
