import type { Denial, Permit } from "#lib/access/decide/decision.ts";

/** What a reason means, and what somebody does about it. */
export interface ReasonWords {
  /** A few words, as they stand in lists. */
  title: string;
  /** What is the matter, in a sentence. */
  meaning: string;
  /** How it is mended; null where nothing is wrong. */
  fix: string | null;
}

/** Every reason for which somebody is let in or refused, in plain words. */
export const REASON_WORDS: Record<Permit | Denial, ReasonWords> = {
  granted: { title: "granted", meaning: "The client may call this service.", fix: null },
  learning: {
    title: "let in while learning",
    meaning: "Nobody admitted this caller, but the service only records such callers for now.",
    fix: "Admit the caller before the service refuses whoever is unknown.",
  },
  "fail-open": {
    title: "let in: the service fails open",
    meaning: "It could not be decided, and the service is set to let callers in then.",
    fix: "Look at Home: something keeps decisions from being made.",
  },
  "service-unknown": {
    title: "no such service",
    meaning: "There is no active service with this short name.",
    fix: "Put the short name right in the proxy's configuration, or create the service.",
  },
  "snapshot-too-old": {
    title: "state too old",
    meaning: "The database could not be reached for too long, so nobody knows what changed meanwhile.",
    fix: "Bring the database back; decisions go on by themselves.",
  },
  "certificate-absent": {
    title: "no certificate",
    meaning: "The proxy passed no certificate on.",
    fix: "Have the caller present its certificate, and check that the proxy passes it on in its header.",
  },
  "certificate-unreadable": {
    title: "certificate cannot be read",
    meaning: "What was passed on is no certificate.",
    fix: "Check that the kind of the proxy, and with it the header, is the right one.",
  },
  "certificates-several": {
    title: "several certificates",
    meaning: "More than one certificate was passed on for one request.",
    fix: "Have the proxy take away the header when a caller sends it.",
  },
  "certificate-not-yet-valid": {
    title: "not yet valid",
    meaning: "The certificate begins to be valid later.",
    fix: "Wait for its first day, or put the clock right that issued it.",
  },
  "certificate-expired": {
    title: "certificate expired",
    meaning: "The certificate is no longer valid.",
    fix: "Renew it, or rotate the credential of its client.",
  },
  "certificate-not-for-clients": {
    title: "not for clients",
    meaning: "The certificate is not made for TLS clients (extended key usage).",
    fix: "Issue one under a profile for clients.",
  },
  "key-too-weak": {
    title: "key too weak",
    meaning: "The key is weaker than the service demands.",
    fix: "Issue one with a stronger key, or lower what the service demands.",
  },
  "certificate-revoked": {
    title: "certificate revoked",
    meaning: "The certificate is revoked.",
    fix: "Issue another one; what is revoked stays so.",
  },
  "certificate-held": {
    title: "certificate on hold",
    meaning: "The certificate is on hold.",
    fix: "Release it if the suspicion was wrong.",
  },
  "revocation-unknown": {
    title: "revocation unknown",
    meaning: "It cannot be told whether the certificate was revoked.",
    fix: "Bring the CRL of its issuer up to date.",
  },
  "authority-revoked": {
    title: "authority revoked",
    meaning: "The authority that issued the certificate, or one above it, is revoked.",
    fix: "Issue another one under an authority that is good; what is revoked stays so.",
  },
  "authority-held": {
    title: "authority on hold",
    meaning: "The authority that issued the certificate, or one above it, is on hold.",
    fix: "Release the authority if the suspicion was wrong.",
  },
  "authority-expired": {
    title: "authority expired",
    meaning: "The certificate of the authority that issued this one, or of one above it, has ended.",
    fix: "Renew the authority, or issue another certificate under one that is valid.",
  },
  "credential-not-started": {
    title: "credential not started",
    meaning: "A client is known by it, but only from a later time.",
    fix: "Wait, or let the credential start now.",
  },
  "credential-ended": {
    title: "credential ended",
    meaning: "A client was known by it, until it was rotated or taken away, or the client was retired.",
    fix: "Have the client use its newer credential, or give it, or another client, this one again.",
  },
  "client-unknown": {
    title: "unknown caller",
    meaning: "No client is known by this certificate, its key or its names.",
    fix: "Admit it, if it should be let in.",
  },
  "clients-several": {
    title: "fits several clients",
    meaning: "Names in the certificate belong to different clients, so it is nobody.",
    fix: "Take the name from one of them, or pin the certificate.",
  },
  "issuer-not-accepted": {
    title: "issuer not accepted",
    meaning: "The service does not accept the authority that issued the certificate.",
    fix: "Accept the authority at the service, or issue one under an authority that is accepted.",
  },
  "client-suspended": {
    title: "client suspended",
    meaning: "The client is suspended.",
    fix: "Resume it when it may call again.",
  },
  "client-retired": {
    title: "client retired",
    meaning: "The client is retired for good.",
    fix: "Create another client, if there is one.",
  },
  "client-expired": {
    title: "client expired",
    meaning: "The client itself has expired, whatever its certificate says.",
    fix: "Give the client a later end.",
  },
  "not-granted": {
    title: "not granted",
    meaning: "The client is known, and nobody granted it this service.",
    fix: "Grant it the service.",
  },
  "grant-not-started": {
    title: "grant not started",
    meaning: "The client may call the service only from a later time.",
    fix: "Wait, or grant it from now on.",
  },
  "grant-ended": {
    title: "grant ended",
    meaning: "The client could call the service until its grant ended.",
    fix: "Grant it the service again.",
  },
  "path-not-granted": {
    title: "path not granted",
    meaning: "The grant is for other paths, or the path cannot be read in one way only.",
    fix: "Grant the path, or have the caller ask for one that it was granted.",
  },
  "method-not-granted": {
    title: "method not granted",
    meaning: "The grant is for other methods.",
    fix: "Grant the method.",
  },
};

/** The words of a reason as it was stored or sent; a reason of another version stands for itself. */
export function reasonWords(reason: string): ReasonWords {
  return Object.hasOwn(REASON_WORDS, reason)
    ? REASON_WORDS[reason as Permit | Denial]
    : { title: reason, meaning: reason, fix: null };
}
