"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Status } from "#components/ui/status.tsx";
import { newBackupCodes, switchTotpOff } from "./actions.ts";
import { BackupCodes } from "./backup-codes.tsx";
import { PasswordFirst } from "./password-first.tsx";
import { TotpSetup } from "./totp-setup.tsx";

/** Codes from an authenticator app as the second step of signing in. */
export function TotpCard({ isOn }: { isOn: boolean }) {
  const router = useRouter();
  const [asking, setAsking] = useState<"on" | "off" | "codes" | null>(null);
  const [codes, setCodes] = useState<string[]>();
  const close = () => {
    setAsking(null);
    setCodes(undefined);
    router.refresh();
  };
  const shown = (which: typeof asking) => ({
    open: asking === which,
    onOpenChange: (open: boolean) => (open ? setAsking(which) : close()),
  });
  return (
    <Card
      title="Codes from an app"
      description="A code from an authenticator app is asked for after the password. A passkey needs none."
    >
      <div className="flex flex-wrap items-center gap-3">
        {isOn ? <Status tone="ok">on</Status> : <Status tone="neutral">off</Status>}
        {isOn ? (
          <>
            <Button onClick={() => setAsking("codes")}>New backup codes</Button>
            <Button onClick={() => setAsking("off")}>Switch off</Button>
          </>
        ) : (
          <Button variant="primary" onClick={() => setAsking("on")}>
            Set up
          </Button>
        )}
      </div>
      <Dialog title="Set up codes from an app" {...shown("on")}>
        <TotpSetup onDone={close} />
      </Dialog>
      <Dialog title="New backup codes" description="The old ones stop working." {...shown("codes")}>
        {codes === undefined ? (
          <PasswordFirst
            label="Make new codes"
            act={async (fields) => {
              const result = await newBackupCodes(fields);
              setCodes(result?.data?.backupCodes);
              return result;
            }}
          />
        ) : (
          <BackupCodes codes={codes} onKept={close} />
        )}
      </Dialog>
      <Dialog
        title="Switch codes off?"
        description="The password alone will open your account. The backup codes stop working."
        {...shown("off")}
      >
        <PasswordFirst
          label="Switch off"
          danger
          act={async (fields) => {
            const result = await switchTotpOff(fields);
            if (result?.data?.done) close();
            return result;
          }}
        />
      </Dialog>
    </Card>
  );
}
