"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { changeService, createService, retireService } from "#lib/access/service-change.ts";
import type { ServiceChange, ServiceInput } from "#lib/access/service-input.ts";
import { action } from "#lib/web/action.ts";
import { text } from "#lib/web/form-schema.ts";

const isObject = (value: unknown) => typeof value === "object" && value !== null;
/** The domain function parses them field by field; here they only have to be objects. */
const serviceInput = z.custom<ServiceInput>(isObject);
const serviceChange = z.custom<ServiceChange>(isObject);
const seen = { id: text, version: z.number().int() };

export const createNewService = action
  .inputSchema(z.object({ service: serviceInput }))
  .action(async ({ parsedInput: { service }, ctx: { installation, actor } }) => {
    await createService(installation, actor, service);
    revalidatePath("/services", "layout");
    redirect(`/services/${service.slug.trim()}`);
  });

export const saveService = action
  .inputSchema(z.object({ ...seen, slug: text, service: serviceChange }))
  .action(async ({ parsedInput: { id, version, slug, service }, ctx: { installation, actor } }) => {
    await changeService(installation, actor, id, version, service);
    revalidatePath("/services", "layout");
    redirect(`/services/${encodeURIComponent(slug)}`);
  });

export const retire = action
  .inputSchema(z.object(seen))
  .action(async ({ parsedInput: { id, version }, ctx: { installation, actor } }) => {
    await retireService(installation, actor, id, version);
    revalidatePath("/services", "layout");
  });
