"use client";

import type { ComponentProps } from "react";
import { ChainButton } from "#components/certificate/chain-button.tsx";
import { Adjustments, type HandoverKey, KeyHandover } from "#components/certificate/key-handover.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Notice } from "#components/ui/notice.tsx";

type IssuedHandoverProps = Omit<ComponentProps<typeof KeyHandover>, "secret"> & {
  /** Null when the key is where the signing request was made. */
  secret: HandoverKey | null;
};

/** Hands over what was issued: with its key where that is here, else the certificate and its chain. */
export function IssuedHandover({ secret, ...handover }: IssuedHandoverProps) {
  if (secret !== null) return <KeyHandover {...handover} secret={secret} />;
  const { name, fileStem, fullchain, adjustments, doneLabel = "Open the certificate", onDone } = handover;
  return (
    <Dialog
      open
      dismissible={false}
      size="md"
      title={`Take the certificate of ${name}`}
      description="It belongs with the key from which the signing request was made. It can be downloaded from its page later, too."
      footer={
        <Button variant="primary" onClick={onDone}>
          {doneLabel}
        </Button>
      }
    >
      <div className="flex flex-col gap-5">
        <Notice tone="ok" title="The certificate is issued">
          {adjustments.length === 0 ? "It is as you asked." : <Adjustments adjustments={adjustments} />}
        </Notice>
        <div>
          <ChainButton fileStem={fileStem} fullchain={fullchain} />
        </div>
      </div>
    </Dialog>
  );
}
