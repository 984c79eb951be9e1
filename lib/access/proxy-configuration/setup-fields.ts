import { isIP } from "node:net";
import { PROXY_CHOICES, type ProxyChoiceName } from "./proxy-choices.ts";

/** What a person says of a proxy, as text. */
export interface SetupFields {
  choice: ProxyChoiceName;
  /** Short name of a trust bundle; whether there is such a one is not known here. */
  bundle: string;
  name: string;
  port: string;
  upstream: string;
  open: string;
  resolver: string;
}

/** What is shown before anybody has said anything. */
export const USUAL_FIELDS: SetupFields = {
  choice: "nginx",
  bundle: "clients",
  name: "service.example.com",
  port: "443",
  upstream: "127.0.0.1:8080",
  open: "30",
  resolver: "",
};

/** The fields with what is wrong with each, for a person. */
export interface ReadFields {
  fields: SetupFields;
  errors: Partial<Record<keyof SetupFields, string>>;
}

/**
 * Reads the fields from an address. What is not in it is as usual; what is wrong stays, to be put right.
 *
 * @param query parameters of the address
 */
export function readSetupFields(query: Record<string, string | string[] | undefined>): ReadFields {
  const said = (name: keyof SetupFields) => [query[name] ?? USUAL_FIELDS[name]].flat()[0]?.trim() ?? "";
  const choice = said("choice");
  const fields: SetupFields = {
    choice: isChoice(choice) ? choice : USUAL_FIELDS.choice,
    bundle: said("bundle"),
    name: said("name").toLowerCase(),
    port: said("port"),
    upstream: said("upstream"),
    open: said("open"),
    resolver: said("resolver"),
  };
  const errors: ReadFields["errors"] = {};
  if (!isHostName(fields.name)) errors.name = "Say a DNS name, such as service.example.com.";
  if (!isBetween(fields.port, 1, 65_535)) errors.port = "Say a port from 1 to 65535.";
  if (!isUpstream(fields.upstream)) errors.upstream = "Say host:port, such as 127.0.0.1:8080.";
  if (!isBetween(fields.open, 1, 3600)) errors.open = "Say whole seconds from 1 to 3600.";
  if (fields.resolver !== "" && isIP(fields.resolver) !== 4) {
    errors.resolver = "Say the IPv4 address of a DNS server, or nothing.";
  }
  return { fields, errors };
}

function isChoice(name: string): name is ProxyChoiceName {
  return Object.hasOwn(PROXY_CHOICES, name);
}

/** RFC 1123 §2.1; nothing else may stand in a configuration unquoted. */
function isHostName(text: string): boolean {
  return (
    text.length <= 253 && text.split(".").every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  );
}

function isUpstream(text: string): boolean {
  const [, host = "", port = ""] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  return isHostName(host.toLowerCase()) && isBetween(port, 1, 65_535);
}

function isBetween(text: string, least: number, most: number): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= most;
}
