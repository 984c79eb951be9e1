"use client";

import type { Tone } from "#components/ui/tone.ts";

export interface ToastMessage {
  id: number;
  tone: Tone;
  title: string;
  detail?: string | undefined;
  action?: ToastAction | undefined;
}

/** What can be done about it at once, usually to take it back. It must be possible elsewhere too. */
export interface ToastAction {
  label: string;
  act: () => void;
}

/** The messages on screen, newest last. A new array on each change, as useSyncExternalStore expects. */
let messages: readonly ToastMessage[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function replace(next: readonly ToastMessage[]) {
  messages = next;
  for (const listener of listeners) listener();
}

/**
 * Shows a short message at the edge of the screen, from any client code. It goes away by itself, so
 * what must not be missed belongs on the page.
 *
 * @param title one sentence, without full stop
 */
export function toast(tone: Tone, title: string, detail?: string, action?: ToastAction): void {
  lastId += 1;
  replace([...messages, { id: lastId, tone, title, detail, action }].slice(-4));
}

export function dismissToast(id: number): void {
  replace(messages.filter((message) => message.id !== id));
}

export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentToasts(): readonly ToastMessage[] {
  return messages;
}
