import { hash } from "node:crypto";
import { type ConfigurationDraft, TOKEN_PLACE } from "#components/proxy/configuration-draft.ts";
import { accessConfiguration } from "#lib/access/proxy-configuration/access-configuration.ts";
import {
  type AccessConfiguration,
  type AccessSetup,
  usualAccessFiles,
} from "#lib/access/proxy-configuration/access-setup.ts";
import { readSetupFields } from "#lib/access/proxy-configuration/setup-fields.ts";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import { getProxy } from "#lib/access/proxy-read.ts";
import { bundleCertificates, trustBundle } from "#lib/authority/authority-read.ts";
import { listenerNames } from "#lib/authority/listener-credential.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Config } from "#lib/config.ts";
import { DomainError, type Violation } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";

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
  const read = readFields(draft);
  const [clients, servers, authorities] = await Promise.all([
    trustBundle(installation, "clients"),
    trustBundle(installation, "servers"),
    bundleCertificates(installation, "clients"),
  ]);
  const kind = proxy.kind as ProxyKind; // written by proxy-change.ts only
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
  const bundles = [
    { file: setup.files.clients, slug: "clients", pem: clients },
    { file: setup.files.servers, slug: "servers", pem: servers },
  ];
  return {
    configuration,
    commands: [{ title: "Fetch the authorities, as root", code: fetching(config.protocolUrl, bundles) }],
  };
}

function readFields({ serverName, port, upstream, planes: text }: ConfigurationDraft) {
  const { fields, errors } = readSetupFields({ name: serverName, port, upstream });
  const planes = text.split(/[\s,]+/).filter((plane) => plane !== "");
  const violations: Violation[] = [
    ...violation("serverName", errors.name),
    ...violation("port", errors.port),
    ...violation("upstream", errors.upstream),
    ...violation("planes", problemOf(planes)),
  ];
  const [first] = violations;
  if (first !== undefined) throw new DomainError("malformed", first.detail, { violations });
  return { serverName: fields.name, port: Number(fields.port), upstream: fields.upstream, planes };
}

const violation = (field: string, detail: string | undefined): Violation[] =>
  detail === undefined ? [] : [{ field, rule: "input", detail }];

function problemOf(planes: readonly string[]): string | undefined {
  if (planes.length === 0) return "Say one host:port at least.";
  if (planes.length > PLANES_MAX) return `These are more than ${PLANES_MAX}.`;
  return planes.map((plane) => readSetupFields({ upstream: plane }).errors.upstream).find(Boolean);
}

/** A name that stands in the certificate of every plane: that of the address which they share, where it is a name. */
function planeName(config: Config): string {
  const { hostname } = new URL(config.protocolUrl);
  const names = listenerNames(config, "protocol").filter(({ type }) => type === "dns");
  return names.find(({ value }) => value === hostname)?.value ?? "localhost";
}

/** One chain, so that nothing is used that is not what this instance has. */
function fetching(
  protocolUrl: string,
  bundles: readonly { file: string; slug: string; pem: string }[],
): string {
  const folder = bundles[0]?.file.replace(/\/[^/]*$/, "") ?? "";
  return [
    `mkdir -p ${folder}`,
    ...bundles.flatMap(({ file, slug, pem }) => [
      `curl -fsS ${protocolUrl}/trust/${slug}.pem -o ${file}`,
      `echo '${hash("sha256", pem, "hex")}  ${file}' | sha256sum -c`,
    ]),
  ].join(" &&\n");
}
