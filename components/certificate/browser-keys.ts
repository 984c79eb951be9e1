"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import type { BrowserKeyAlgorithm } from "#lib/x509/browser/key-and-csr.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

/** Which keys this browser can make. */
export interface BrowserKeys {
  /** Why it can make none, or null. */
  obstacle: string | null;
  makes: (algorithm: KeyAlgorithm) => algorithm is BrowserKeyAlgorithm;
}

const never = () => () => {};

/**
 * What this browser can do. WebCrypto exists on https and localhost only (W3C Secure Contexts);
 * Ed25519 is known to newer browsers, and ML-DSA to none.
 */
export function useBrowserKeys(): BrowserKeys {
  const secure = useSyncExternalStore(
    never,
    () => window.isSecureContext && crypto.subtle !== undefined,
    () => true,
  );
  const [ed25519, setEd25519] = useState(false);
  useEffect(() => {
    if (!secure) return;
    let current = true;
    crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]).then(
      () => current && setEd25519(true),
      () => {}, // NotSupportedError: it is not offered then
    );
    return () => {
      current = false;
    };
  }, [secure]);
  return {
    obstacle: secure
      ? null
      : "Off: browsers make keys on https and localhost only, and this page came over plain http from another address.",
    makes: (algorithm): algorithm is BrowserKeyAlgorithm =>
      secure && !algorithm.startsWith("ml-dsa") && (algorithm !== "ed25519" || ed25519),
  };
}
