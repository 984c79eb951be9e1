"use client";

import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { ChainButton } from "#components/certificate/chain-button.tsx";
import { useLeaveGuard } from "#components/certificate/leave-guard.ts";
import { Pkcs12Form } from "#components/certificate/pkcs12-form.tsx";
import { saveFile } from "#components/certificate/save-file.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Secret } from "#components/ui/secret.tsx";
import { encodePem } from "#lib/x509/pem.ts";

/** A private key in the one place where it is. */
export type HandoverKey =
  /** PKCS#8 in the clear, made in this page or sent to it. */
  | { form: "pkcs8"; pkcs8: Uint8Array<ArrayBuffer>; madeHere: boolean }
  /** Encrypted on the server with a password that was shown before. */
  | { form: "pkcs12"; file: Uint8Array<ArrayBuffer>; password: string };

interface KeyHandoverProps {
  name: string;
  fileStem: string;
  /** PEM: certificate and intermediates. */
  fullchain: string;
  /** What became other than asked. */
  adjustments: readonly { field: string; asked: string; issued: string; reason: string }[];
  secret: HandoverKey;
  /** What the last button says, where it leads elsewhere than to the certificate. */
  doneLabel?: string;
  /** The window is done with; the key is overwritten before. */
  onDone: () => void;
}

/**
 * Hands a new private key over, once. A window over the page, so that nothing else of the console
 * can be pressed before the key is saved or given up on purpose.
 */
export function KeyHandover({
  name,
  fileStem,
  fullchain,
  adjustments,
  secret,
  doneLabel = "Open the certificate",
  onDone,
}: KeyHandoverProps) {
  const [saved, setSaved] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [over, setOver] = useState(false);
  useLeaveGuard(!saved && !over, () => setLeaving(true));
  useEffect(() => {
    // A page that is put aside for "back" must not keep the key.
    const wipeNow = () => wipe(secret);
    window.addEventListener("pagehide", wipeNow);
    return () => window.removeEventListener("pagehide", wipeNow);
  }, [secret]);

  const finish = () => {
    setOver(true);
    wipe(secret);
    onDone();
  };

  return (
    <Dialog
      open
      dismissible={false}
      size="lg"
      title={`Save the key of ${name}`}
      description={whereItIs(secret)}
      footer={
        leaving ? (
          <>
            <Button onClick={() => setLeaving(false)}>Stay and save it</Button>
            <Button variant="danger" onClick={finish}>
              Leave and lose the key
            </Button>
          </>
        ) : (
          <>
            {!saved && (
              <Button variant="quiet" onClick={() => setLeaving(true)}>
                Leave without saving…
              </Button>
            )}
            <Button variant="primary" disabled={!saved} onClick={finish}>
              {doneLabel}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-5">
        {leaving && (
          // On a phone the window may have been scrolled past its place.
          <div ref={(element) => element?.scrollIntoView({ block: "nearest" })}>
            <Notice tone="critical" title="The key is not saved" announce>
              Leave now and it is gone for good: the certificate stays in the list but nobody can use it. You
              would have to renew it with a new key.
            </Notice>
          </div>
        )}
        <Notice tone="ok" title="The certificate is issued">
          {adjustments.length === 0 ? "It is as you asked." : <Adjustments adjustments={adjustments} />}
        </Notice>
        {secret.form === "pkcs8" ? (
          <>
            <KeyInClear fileStem={fileStem} fullchain={fullchain} pkcs8={secret.pkcs8} />
            {secret.madeHere && (
              <Pkcs12Form name={name} fileStem={fileStem} fullchain={fullchain} pkcs8={secret.pkcs8} />
            )}
          </>
        ) : (
          <EncryptedFile fileStem={fileStem} file={secret.file} password={secret.password} />
        )}
        <Checkbox
          label={<span className="font-medium">I have saved the key</span>}
          hint="Where only the machine or person that it is for can read it."
          checked={saved}
          onChange={(event) => {
            setSaved(event.target.checked);
            setLeaving(false);
          }}
        />
      </div>
    </Dialog>
  );
}

function whereItIs(secret: HandoverKey): string {
  if (secret.form === "pkcs12") {
    return "The key was made on the server, encrypted with the password below, and forgotten there. This is the only copy.";
  }
  return secret.madeHere
    ? "The private key was made in this browser and never sent. It exists on this page only: nobody, not even this server, can show it again."
    : "The key was made on the server and forgotten there. This page has the only copy, and shows it once.";
}

/** JavaScript cannot do more than overwrite what it can reach. */
function wipe(secret: HandoverKey): void {
  if (secret.form === "pkcs8") secret.pkcs8.fill(0);
  else secret.file.fill(0);
}

/** What became other than asked. */
export function Adjustments({ adjustments }: Pick<KeyHandoverProps, "adjustments">) {
  return (
    <ul className="flex flex-col gap-1">
      {adjustments.map((each) => (
        <li key={each.field}>
          {each.issued} instead of {each.asked}. {each.reason}
        </li>
      ))}
    </ul>
  );
}

interface KeyInClearProps {
  fileStem: string;
  fullchain: string;
  pkcs8: Uint8Array<ArrayBuffer>;
}

function KeyInClear({ fileStem, fullchain, pkcs8 }: KeyInClearProps) {
  return (
    <section>
      <h3 className="font-medium">As PEM, for nginx, HAProxy, curl and most services</h3>
      <p className="mt-0.5 text-muted text-sm">
        Two files. The key is not encrypted: give it the mode 0600 where it will live.
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button
          variant="primary"
          icon={<Download aria-hidden />}
          onClick={() =>
            saveFile(`${fileStem}.key`, encodePem("PRIVATE KEY", pkcs8), "application/x-pem-file")
          }
        >
          Private key
        </Button>
        <ChainButton fileStem={fileStem} fullchain={fullchain} />
      </div>
    </section>
  );
}

function EncryptedFile({
  fileStem,
  file,
  password,
}: {
  fileStem: string;
  file: Uint8Array<ArrayBuffer>;
  password: string;
}) {
  return (
    <section className="flex flex-col gap-3">
      <h3 className="font-medium">As PKCS#12: key, certificate and chain in one encrypted file</h3>
      <div>
        <Button
          variant="primary"
          icon={<Download aria-hidden />}
          onClick={() => saveFile(`${fileStem}.p12`, file, "application/x-pkcs12")}
        >
          {fileStem}.p12
        </Button>
      </div>
      <Secret value={password} label="password of the PKCS#12 file">
        Nothing opens the file without it, and it is kept nowhere. Send it another way than the file.
      </Secret>
    </section>
  );
}
