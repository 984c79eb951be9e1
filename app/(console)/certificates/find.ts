"use server";

import { z } from "zod";
import { certificateState } from "#components/certificate/certificate-state.ts";
import type { PaletteItem } from "#components/shell/palette-item.ts";
import { absoluteTime } from "#components/ui/time-format.ts";
import { findCertificates } from "#lib/inventory/certificate-find.ts";
import type { CertificateSummary } from "#lib/inventory/certificate-summary.ts";
import { action } from "#lib/web/action.ts";
import { rawText } from "#lib/web/form-schema.ts";
import { findAuthoritiesAndProfiles } from "../authorities/palette-items.ts";
import { findClientsAndServices } from "../services/palette-items.ts";

/** For the palette: clients, services, proxies, authorities and profiles by name, certificates also by serial number or fingerprint. */
export async function findForPalette(query: string): Promise<PaletteItem[]> {
  const result = await find({ query });
  if (result?.data === undefined) throw new Error("The search was refused.");
  return result.data;
}

const find = action
  .inputSchema(z.object({ query: rawText }))
  .action(async ({ parsedInput: { query }, ctx: { installation, actor } }) => {
    const now = installation.clock.now();
    const [access, certificates, others] = await Promise.all([
      findClientsAndServices(installation, actor, query),
      findCertificates(installation, actor, query),
      findAuthoritiesAndProfiles(installation, actor, query),
    ]);
    return [...access, ...others, ...certificates.map((found) => itemOf(found, now))];
  });

function itemOf(found: CertificateSummary, now: Date): PaletteItem {
  const { word } = certificateState(found, now);
  return {
    id: `certificate-${found.id}`,
    group: "Certificates",
    label: found.displayName,
    detail: `${word} · until ${absoluteTime(found.notAfter).slice(0, 10)} · ${found.serial.slice(0, 8)}…`,
    href: `/certificates/${found.id}`,
  };
}
