import type { Installation } from "#lib/installation.ts";

/** What a person who has just started Countersign wants to know, in a few lines. */
export function announcement(installation: Installation, setupToken: string | null): string {
  const { config, masterKey } = installation;
  const rows: [string, string][] = [];
  if (config.planes.includes("console")) rows.push(["Console", config.publicUrl]);
  if (config.planes.includes("protocol")) {
    rows.push(
      ["Protocol plane", `${config.protocolUrl} (issuer certificates, CRLs, health)`],
      ["", `https://localhost:${config.protocol.httpsPort} (REST API)`],
    );
  }
  const { tlsPort, plainPort, udpPort } = config.syslog;
  const syslog = [
    ...(tlsPort === null ? [] : [`${tlsPort} (TLS)`]),
    ...(plainPort === null ? [] : [`${plainPort} (TCP)`]),
    ...(udpPort === null ? [] : [`${udpPort} (UDP)`]),
  ];
  if (config.planes.includes("protocol") && syslog.length > 0) {
    rows.push(["Syslog", `port${syslog.length === 1 ? "" : "s"} ${syslog.join(", ")}`]);
  }
  rows.push(["Database", config.database.provider === "sqlite" ? config.database.file : "PostgreSQL"]);
  if (masterKey.origin === "made" && "file" in config.masterKey) {
    rows.push(["Master key", `${config.masterKey.file} (keep a copy: without it no key can be read)`]);
  }
  // The part after # is not sent to any server, so that no log on the way holds it.
  if (setupToken !== null) rows.push(["Set it up", `${config.publicUrl}/setup#${setupToken}`]);

  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  return `\nCountersign is running; Ctrl-C ends it.\n\n${lines.join("\n")}\n\n`;
}
