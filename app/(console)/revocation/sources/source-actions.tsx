"use client";

import { Pencil, Trash2, Upload } from "lucide-react";
import { CrlUpload } from "#components/revocation/crl-upload.tsx";
import type { ShownSource } from "#components/revocation/source-card.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog, DialogClose } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { toast } from "#components/ui/toast-store.ts";
import { refusalOf } from "#lib/web/refusal.ts";
import { changeSource, deleteSource } from "./actions.ts";

/** What can be done with a foreign CRL: upload the next one, change where it comes from, keep it no longer. */
export function SourceActions({ source }: { source: ShownSource }) {
  const name = harmless(source.name);
  return (
    <>
      <Dialog
        title={`Upload the next CRL of ${name}`}
        description="Its signature must be that of its issuer, and it must not be older than the one that is here."
        trigger={
          <Button size="sm" icon={<Upload aria-hidden />}>
            Upload…
          </Button>
        }
        footer={
          <DialogClose>
            <Button>Close</Button>
          </DialogClose>
        }
      >
        <CrlUpload source={source.id} />
      </Dialog>
      <Change source={source} name={name} />
      <Deletion source={source} name={name} />
    </>
  );
}

function Change({ source, name }: { source: ShownSource; name: string }) {
  const change = async (form: FormData) => {
    const refusal = refusalOf(
      await changeSource({
        source: source.id,
        version: source.version,
        name: String(form.get("name") ?? ""),
        url: String(form.get("url") ?? ""),
      }),
    );
    if (refusal === undefined) toast("ok", "It is changed");
    return refusal?.message;
  };
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" icon={<Pencil aria-hidden />}>
          Change…
        </Button>
      }
      title={`Change ${name}`}
      description="With another address it is fetched from there within seconds. Without one you upload it."
      confirmLabel="Save"
      onConfirm={change}
    >
      <Field label="Name">
        <Input name="name" defaultValue={source.name} maxLength={64} autoComplete="off" />
      </Field>
      <Field label="Address of the CRL" optional>
        <Input name="url" mono defaultValue={source.url} autoComplete="off" />
      </Field>
    </ConfirmDialog>
  );
}

function Deletion({ source, name }: { source: ShownSource; name: string }) {
  const remove = async () => {
    const result = await deleteSource({ source: source.id, version: source.version });
    if (result?.data === undefined) return refusalOf(result)?.message ?? "It was not answered.";
    toast("ok", `The CRL of ${name} is kept no longer`);
    return undefined;
  };
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" icon={<Trash2 aria-hidden />}>
          Delete…
        </Button>
      }
      title={`Keep the CRL of ${name} no longer?`}
      description="Bundles that need it are not served any more: proxies go on with the one they have until it ends."
      confirmLabel="Delete it"
      danger
      onConfirm={remove}
    >
      {source.revocations > 0 && (
        <Notice tone="warn">
          {source.revocations === 1
            ? "1 certificate that it revokes is shown as valid again,"
            : `${source.revocations.toLocaleString("en")} certificates that it revokes are shown as valid again,`}{" "}
          although its issuer says otherwise.
        </Notice>
      )}
    </ConfirmDialog>
  );
}
