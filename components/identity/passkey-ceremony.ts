"use client";

/** The browser's part of WebAuthn, by its own JSON conversions (Web Authentication Level 3 §5.1.8–10). */

/**
 * Why passkeys cannot be used on this page, or null.
 *
 * @param origin where the console is set up to be reached
 */
export function passkeyObstacle(origin: string): string | null {
  if (location.origin !== origin) return `Passkeys work only at ${origin}.`;
  if (!window.isSecureContext) return "Passkeys need https (or localhost).";
  if (
    typeof PublicKeyCredential === "undefined" ||
    typeof PublicKeyCredential.parseRequestOptionsFromJSON !== "function"
  ) {
    return "This browser does not support passkeys.";
  }
  return null;
}

/**
 * Lets the person choose a passkey.
 *
 * @param options what the server made
 * @returns null when the person closed the dialog
 */
export async function askForPasskey(options: unknown): Promise<Record<string, unknown> | null> {
  return outcome(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(
        options as PublicKeyCredentialRequestOptionsJSON,
      ),
    }),
  );
}

/** Makes a passkey. @returns null when the person closed the dialog */
export async function makePasskey(options: unknown): Promise<Record<string, unknown> | null> {
  return outcome(() =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
        options as PublicKeyCredentialCreationOptionsJSON,
      ),
    }),
  );
}

async function outcome(ask: () => Promise<Credential | null>): Promise<Record<string, unknown> | null> {
  try {
    const credential = await ask();
    return credential instanceof PublicKeyCredential
      ? (credential.toJSON() as unknown as Record<string, unknown>)
      : null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotAllowedError") return null;
    throw error;
  }
}
