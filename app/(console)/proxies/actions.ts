"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { proxyArrivals } from "#lib/access/proxy-arrivals.ts";
import { changeProxy, replaceProxyToken, retireProxy } from "#lib/access/proxy-change.ts";
import type { ProxyChange } from "#lib/access/proxy-input.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

/** The domain function parses it field by field; here it only has to be an object. */
const proxyChange = z.custom<ProxyChange>((value) => typeof value === "object" && value !== null);
const seen = { id: text, version: z.number().int() };

export const saveProxy = action
  .inputSchema(z.object({ ...seen, slug: text, proxy: proxyChange }))
  .action(async ({ parsedInput: { id, version, slug, proxy }, ctx: { installation, actor } }) => {
    await changeProxy(installation, actor, id, version, proxy);
    revalidatePath("/proxies", "layout");
    redirect(`/proxies/${encodeURIComponent(slug)}`);
  });

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
