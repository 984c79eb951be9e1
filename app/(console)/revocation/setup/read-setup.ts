import { hash } from "node:crypto";
import { fetchScript } from "#lib/access/fetch-script.ts";
import { type FetchCommands, fetchCommands } from "#lib/access/proxy-configuration/fetch-commands.ts";
import type { ProxyConfiguration } from "#lib/access/proxy-configuration/proxy-setup.ts";
import { requestedConfiguration } from "#lib/access/proxy-configuration/requested-configuration.ts";
import type { SetupFields } from "#lib/access/proxy-configuration/setup-fields.ts";
import { trustBundle } from "#lib/authority/authority-read.ts";
import { automaticBundles } from "#lib/authority/automatic-bundles.ts";
import { crlsOfChain } from "#lib/authority/crl-chain.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { publishedBundle } from "#lib/inventory/trust-bundle-publish.ts";
import { listBundles } from "#lib/inventory/trust-bundle-read.ts";

/** The trust bundles by which a proxy can admit clients; empty before there is an authority. */
export async function bundlesForClients(
  installation: Installation,
  actor: Actor,
): Promise<{ slug: string; name: string }[]> {
  const [automatic, made] = await Promise.all([
    automaticBundles(installation, actor),
    listBundles(installation, actor),
  ]);
  return [
    ...automatic.filter(({ slug }) => slug === "clients"),
    ...made.filter(({ members }) => members > 0),
  ];
}

/** A configuration and what goes with it. */
export interface SetupTexts {
  configuration: ProxyConfiguration;
  commands: FetchCommands;
  /** Why CRL checking must stay off just now; null when every CRL of the bundle is here. */
  lacking: string | null;
}

/** Writes what was asked for. @param fields without errors, with a bundle that there is */
export async function readSetup(installation: Installation, fields: SetupFields): Promise<SetupTexts> {
  const { protocolUrl } = installation.config;
  const pem =
    (await publishedBundle(installation, fields.bundle))?.pem ??
    (await trustBundle(installation, fields.bundle));
  const members = pem.split("-----BEGIN CERTIFICATE-----").length - 1;
  const { setup, configuration } = requestedConfiguration(fields, { protocolUrl, members });
  const { sha256 } = await fetchScript(installation);
  return {
    configuration,
    commands: fetchCommands(setup, configuration, { script: sha256, bundle: hash("sha256", pem, "hex") }),
    // What asks by itself needs none.
    lacking: configuration.reload === null ? null : await lackingCrl(installation, fields.bundle),
  };
}

async function lackingCrl(installation: Installation, bundle: string): Promise<string | null> {
  try {
    await crlsOfChain(installation, bundle);
    return null;
  } catch (error) {
    if (error instanceof DomainError && error.code === "unavailable") return error.message;
    throw error;
  }
}
