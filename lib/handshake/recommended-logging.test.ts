import { expect, test } from "vitest";
import type { LoggingProxy } from "./observation.ts";
import { PARSERS } from "./parsers.ts";
import { recommendedLogging } from "./recommended-logging.ts";
import { usualLogs } from "./shipping/shipping-setup.ts";

/** Files that a package of the distribution sets up by itself. */
const BY_PACKAGE = ["/var/log/apache2/error.log", "/var/log/haproxy.log"];

const textOf = (proxy: LoggingProxy) =>
  recommendedLogging(proxy, null)
    .map(({ text }) => text)
    .join("\n")
    .replaceAll(`\${APACHE_LOG_DIR}`, "/var/log/apache2");

test.each(Object.keys(PARSERS) as LoggingProxy[])(
  "each log of %s that is sent is one that the settings write",
  (proxy) => {
    for (const log of usualLogs(proxy)) {
      if (!BY_PACKAGE.includes(log)) expect(textOf(proxy)).toContain(log);
    }
  },
);

test("HAProxy writes to the socket from which Debian's rsyslog makes the file that is sent", () => {
  expect(textOf("haproxy")).toContain("log /dev/log ");
});
