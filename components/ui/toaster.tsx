"use client";

import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { useSyncExternalStore } from "react";
import { buttonStyle } from "#components/ui/button-style.ts";
import { classNames } from "#components/ui/class-names.ts";
import {
  currentToasts,
  dismissToast,
  subscribeToToasts,
  type ToastMessage,
} from "#components/ui/toast-store.ts";
import { TONES } from "#components/ui/tone.ts";

const NONE: readonly ToastMessage[] = [];

/** Shows what `toast()` was told; stands once at the root of the page. F8 moves the focus to it. */
export function Toaster() {
  const messages = useSyncExternalStore(subscribeToToasts, currentToasts, () => NONE);
  return (
    <Radix.Provider label="Message">
      {messages.map((message) => (
        <ToastItem key={message.id} message={message} />
      ))}
      <Radix.Viewport className="fixed right-0 bottom-0 z-50 flex w-96 max-w-full flex-col gap-2 p-4 outline-none print:hidden" />
    </Radix.Provider>
  );
}

function ToastItem({ message }: { message: ToastMessage }) {
  const look = TONES[message.tone];
  const Icon = look.icon;
  const urgent = message.tone === "critical";
  return (
    <Radix.Root
      type={urgent ? "foreground" : "background"}
      duration={urgent ? 12_000 : 6_000}
      onOpenChange={(open) => {
        if (!open) dismissToast(message.id);
      }}
      className="flex animate-appear items-start gap-2.5 rounded-md border border-line bg-raised py-2.5 pr-2 pl-3 shadow-float"
    >
      <Icon aria-hidden className={classNames("mt-0.5 size-4 shrink-0", look.text)} />
      <div className="min-w-0 flex-1 break-words">
        <Radix.Title className="font-medium">{message.title}</Radix.Title>
        {message.detail && (
          <Radix.Description className="text-muted text-sm">{message.detail}</Radix.Description>
        )}
        {message.action && (
          <Radix.Action
            altText={`${message.action.label}: also possible on the page`}
            onClick={message.action.act}
            className={buttonStyle("secondary", "sm", "mt-1.5")}
          >
            {message.action.label}
          </Radix.Action>
        )}
      </div>
      <Radix.Close
        aria-label="Dismiss"
        className="grid size-6 shrink-0 place-items-center rounded-sm text-muted hover:bg-hover hover:text-ink"
      >
        <X aria-hidden className="size-4" />
      </Radix.Close>
    </Radix.Root>
  );
}
