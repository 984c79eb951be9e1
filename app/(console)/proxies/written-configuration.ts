import { hash } from "node:crypto";
import { type ConfigurationDraft, TOKEN_PLACE } from "#components/proxy/configuration-draft.ts";
import { FETCH_SCRIPTS, fetchScript } from "#lib/access/fetch-script.ts";
import { accessConfiguration } from "#lib/access/proxy-configuration/access-configuration.ts";
import {
  type AccessConfiguration,
  type AccessSetup,
  isSocket,
  usualAccessFiles,
} from "#lib/access/proxy-configuration/access-setup.ts";
import { allowlistCommands } from "#lib/access/proxy-configuration/allowlist-commands.ts";
import type { AllowlistConfiguration } from "#lib/access/proxy-configuration/allowlist-setup.ts";
import { readSetupFields } from "#lib/access/proxy-configuration/setup-fields.ts";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import { getProxy } from "#lib/access/proxy-read.ts";
import { bundleCertificates, trustBundle } from "#lib/authority/authority-read.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { DomainError, type Violation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { planeName } from "./plane-name.ts";

/** A configuration, and the commands that put in place what it names. */
export interface WrittenConfiguration {
  configuration: AccessConfiguration;
  commands: { title: string; code: string }[];
}

/** More planes than anybody runs. */
const PLANES_MAX = 10;

/** A client's certificate, an intermediate and a root; no path leads through more than what the bundle holds. */
const DEPTH_MIN = 2;
const DEPTH_MAX = 9;

/**
 * Writes the configuration of a proxy in front of one of its services, with the names of this instance.
 *
 * @throws DomainError `forbidden`, `notFound`; `malformed` naming each field; `unavailable` when there is none for this
 *   kind and way
 */
export async function writtenConfiguration(
  installation: Installation,
  actor: Actor,
  draft: ConfigurationDraft,
): Promise<WrittenConfiguration> {
  const { config } = installation;
  const proxy = await getProxy(installation, actor, draft.proxy);
  const service = proxy.services.find(({ slug }) => slug === draft.service);
  if (service === undefined) throw new DomainError("notFound", "It does not stand in front of this service.");
  const kind = proxy.kind as ProxyKind; // written by proxy-change.ts only
  const read = readFields(draft, kind === "nginx" && draft.way === "asks");
  const [clients, servers, authorities] = await Promise.all([
    trustBundle(installation, "clients"),
    trustBundle(installation, "servers"),
    bundleCertificates(installation, "clients"),
  ]);
  const setup: AccessSetup = {
    ...read,
    ...{ service: service.slug, token: TOKEN_PLACE, address: null, planeName: planeName(config) },
    clientAuthorities: authorities.map((der) => Buffer.from(der).toString("base64")),
    depth: Math.min(DEPTH_MAX, Math.max(DEPTH_MIN, authorities.length)),
    files: usualAccessFiles(kind, read.serverName, service.slug),
  };
  const configuration = accessConfiguration(kind, draft.way, setup);
  if (configuration === null) {
    throw new DomainError("unavailable", "There is no configuration for this kind of proxy in this way.");
  }
  const known = { clients: hash("sha256", clients, "hex"), servers: hash("sha256", servers, "hex") };
  return { configuration, commands: await commandsFor(installation, setup, configuration, known) };
}

/** What is run on the proxy's machine beside putting the texts in place. */
async function commandsFor(
  installation: Installation,
  setup: AccessSetup,
  configuration: AccessConfiguration | AllowlistConfiguration,
  known: { clients: string; servers: string },
): Promise<WrittenConfiguration["commands"]> {
  const { protocolUrl } = installation.config;
  if ("taking" in configuration) {
    const { sha256 } = await fetchScript(installation, "allowlist");
    const commands = allowlistCommands(setup, configuration, { protocolUrl }, { ...known, script: sha256 });
    const { service, timer, start } = commands.systemd;
    return [
      { title: "Once the token is in its file, as root", code: commands.install },
      { title: service.file, code: service.text },
      { title: timer.file, code: timer.text },
      { title: "Keep the list fresh", code: start },
      { title: "The same without systemd", code: commands.loop },
    ];
  }
  const fetched = [
    { path: "/trust/clients.pem", file: setup.files.clients, sha256: known.clients },
    { path: "/trust/servers.pem", file: setup.files.servers, sha256: known.servers },
  ];
  if (configuration.kind === "haproxy") {
    const { sha256 } = await fetchScript(installation, "haproxy");
    fetched.push({ path: `/${FETCH_SCRIPTS.haproxy}`, file: setup.files.script, sha256 });
  }
  // One chain, so that nothing is used that is not what this instance has.
  const chain = fetched.flatMap(({ path, file, sha256 }) => [
    `curl -fsS ${protocolUrl}${path} -o ${file}`,
    `echo '${sha256}  ${file}' | sha256sum -c`,
  ]);
  const folder = setup.files.clients.replace(/\/[^/]*$/, "");
  return [{ title: "Fetch what it names, as root", code: [`mkdir -p ${folder}`, ...chain].join(" &&\n") }];
}

function readFields({ serverName, port, upstream, planes: text }: ConfigurationDraft, takesSockets: boolean) {
  const { fields, errors } = readSetupFields({ name: serverName, port, upstream });
  const planes = text.split(/[\s,]+/).filter((plane) => plane !== "");
  const violations: Violation[] = [
    ...violation("serverName", errors.name),
    ...violation("port", errors.port),
    ...violation("upstream", errors.upstream),
    ...violation("planes", problemOf(planes, takesSockets)),
  ];
  const [first] = violations;
  if (first !== undefined) throw new DomainError("malformed", first.detail, { violations });
  return { serverName: fields.name, port: Number(fields.port), upstream: fields.upstream, planes };
}

const violation = (field: string, detail: string | undefined): Violation[] =>
  detail === undefined ? [] : [{ field, rule: "input", detail }];

function problemOf(planes: readonly string[], takesSockets: boolean): string | undefined {
  if (planes.length === 0) return "Say one host:port at least.";
  if (planes.length > PLANES_MAX) return `These are more than ${PLANES_MAX}.`;
  if (planes.some((plane) => plane.startsWith("unix:"))) {
    if (!takesSockets) return "nginx that asks alone takes a unix socket here.";
    return planes.every(isSocket) ? undefined : "Say unix:/path for all of them, or host:port.";
  }
  return planes.map((plane) => readSetupFields({ upstream: plane }).errors.upstream).find(Boolean);
}
