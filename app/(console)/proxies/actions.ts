"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { proxyArrivals } from "#lib/access/proxy-arrivals.ts";
import { changeProxy, createProxy, replaceProxyToken, retireProxy } from "#lib/access/proxy-change.ts";
import { HEADER_OF } from "#lib/access/proxy-configuration/access-setup.ts";
import { forgetProxyFile } from "#lib/access/proxy-files.ts";
import { IDENTITY_HEADERS, type IdentityHeader, PROXY_KINDS } from "#lib/access/proxy-input.ts";
import { getProxy } from "#lib/access/proxy-read.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

const draft = {
  slug: text,
  name: text,
  kind: z.enum(PROXY_KINDS),
  services: z.array(text),
  certificateSha256: text,
  bundle: text,
  software: text,
};
const seen = { id: text, version: z.number().int() };

/** Connects a proxy. Answers its token, which is shown once. */
export const connectProxy = action
  .inputSchema(z.object(draft))
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    const { token } = await createProxy(installation, actor, proxyInput(parsedInput));
    revalidatePath("/proxies", "layout");
    return { token, slug: parsedInput.slug.trim() };
  });

export const saveProxy = action
  .inputSchema(z.object({ ...seen, ...draft }))
  .action(async ({ parsedInput: { id, version, ...wanted }, ctx: { installation, actor } }) => {
    const { slug, ...change } = proxyInput(wanted);
    const present = await getProxy(installation, actor, slug);
    // A header that was chosen by a program stays while the kind does.
    const header =
      isIdentityHeader(present.header) && present.kind === change.kind ? present.header : change.header;
    await changeProxy(installation, actor, id, version, { ...change, header });
    revalidatePath("/proxies", "layout");
    redirect(`/proxies/${encodeURIComponent(slug)}`);
  });

/** It asks now, so that the list which it held is nothing to it. */
export const forgetFile = action
  .inputSchema(z.object({ proxy: text, service: text }))
  .action(async ({ parsedInput: { proxy, service }, ctx: { installation, actor } }) => {
    await forgetProxyFile(installation, actor, proxy, service);
    revalidatePath("/proxies", "layout");
  });

function isIdentityHeader(header: string): header is IdentityHeader {
  return (IDENTITY_HEADERS as readonly string[]).includes(header);
}

/** The kind says in which header the configuration that is written here passes certificates on. */
function proxyInput({ certificateSha256, ...proxy }: z.output<z.ZodObject<typeof draft>>) {
  const own = certificateSha256.trim();
  return { ...proxy, header: HEADER_OF[proxy.kind], certificateSha256: own === "" ? null : own };
}

/** Answers the new token, which is shown once. */
export const replaceToken = action
  .inputSchema(z.object(seen))
  .action(async ({ parsedInput: { id, version }, ctx: { installation, actor } }) => {
    const token = await replaceProxyToken(installation, actor, id, version);
    revalidatePath("/proxies", "layout");
    return { token };
  });

export const retire = action
  .inputSchema(z.object(seen))
  .action(async ({ parsedInput: { id, version }, ctx: { installation, actor } }) => {
    await retireProxy(installation, actor, id, version);
    revalidatePath("/proxies", "layout");
  });

/** What arrived from a proxy lately. */
export const lookAtArrivals = action
  .inputSchema(z.object({ slug: text }))
  .action(({ parsedInput: { slug }, ctx: { installation, actor } }) =>
    proxyArrivals(installation, actor, slug),
  );
