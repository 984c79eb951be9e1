"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { setAuthorityStatus } from "#lib/authority/authority-change.ts";
import { createAuthority } from "#lib/authority/authority-create.ts";
import { importAuthority } from "#lib/authority/authority-import.ts";
import type { AuthorityInput } from "#lib/authority/authority-input.ts";
import { getAuthority } from "#lib/authority/authority-read.ts";
import { noteMasterKeyBackup } from "#lib/authority/master-key-backup.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import type { Installation } from "#lib/installation.ts";
import { action } from "#lib/web/action.ts";
import { formSchema, rawText, text } from "#lib/web/form-schema.ts";

/** The domain function parses it field by field; here it only has to be an object. */
const authorityInput = z.custom<AuthorityInput>((value) => typeof value === "object" && value !== null);

export const createNewAuthority = action
  .inputSchema(z.object({ authority: authorityInput }))
  .action(async ({ parsedInput, ctx: { installation, actor } }) =>
    openAuthority(installation, actor, await createAuthority(installation, actor, parsedInput.authority)),
  );

/** PEM of an authority with those above it is longer than other fields. */
const pem = z.string({ error: "is missing" }).max(200_000, { error: "is too long" });

/** A file field that was left empty is sent as a file without a name and content. */
const optionalFile = z.instanceof(File).optional();

const purposes = z.array(z.enum(["server", "client"]));

export const importFromPem = action
  .inputSchema(
    formSchema({
      name: text,
      certificate: pem,
      privateKey: pem,
      privateKeyPassword: rawText,
      crl: optionalFile,
      purposes,
    }),
  )
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    const { privateKeyPassword, crl, ...rest } = parsedInput;
    const id = await importAuthority(installation, actor, {
      ...rest,
      ...(privateKeyPassword === "" ? {} : { privateKeyPassword }),
      crl: await contentOf(crl),
      purposes: someOf(rest.purposes),
    });
    return openAuthority(installation, actor, id);
  });

export const importFromPkcs12 = action
  .inputSchema(
    formSchema({
      name: text,
      pkcs12: z.instanceof(File, { error: "is missing" }),
      password: rawText,
      crl: optionalFile,
      purposes,
    }),
  )
  .action(async ({ parsedInput, ctx: { installation, actor } }) => {
    const { pkcs12, crl, ...rest } = parsedInput;
    const id = await importAuthority(installation, actor, {
      ...rest,
      pkcs12: await pkcs12.bytes(),
      crl: await contentOf(crl),
      purposes: someOf(rest.purposes),
    });
    return openAuthority(installation, actor, id);
  });

const change = z.object({ id: text, version: z.number().int(), status: z.enum(["active", "retired"]) });

export const changeAuthorityStatus = action
  .inputSchema(change)
  .action(async ({ parsedInput: { id, version, status }, ctx: { installation, actor } }) => {
    await setAuthorityStatus(installation, actor, id, version, status);
    revalidatePath("/authorities", "layout");
  });

export const noteMasterKeyCopy = action.action(async ({ ctx: { installation, actor } }) => {
  await noteMasterKeyBackup(installation, actor);
  revalidatePath("/", "layout");
});

/** None chosen means: whatever the certificate allows. */
function someOf<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

async function contentOf(file: File | undefined): Promise<Uint8Array | undefined> {
  return file === undefined || file.size === 0 ? undefined : file.bytes();
}

async function openAuthority(installation: Installation, actor: Actor, id: string): Promise<never> {
  const { slug } = await getAuthority(installation, actor, id);
  redirect(`/authorities/${slug}`);
}
