import type { RuleName } from "#lib/access/decide/rules.ts";

/** What each rule asks, and what it says when it is met; in the order in which they are applied. */
export const RULE_WORDS: Record<RuleName, { question: string; met: string }> = {
  service: { question: "Is there such a service?", met: "The service exists and is active." },
  snapshot: { question: "Is what is known new enough?", met: "Nothing that changed is missing." },
  certificate: { question: "Is there one certificate?", met: "There is one, and it can be read." },
  validity: {
    question: "Is it valid at that time?",
    met: "The time lies between its first and its last second.",
  },
  purpose: {
    question: "Is it made for clients?",
    met: "Its extended key usage allows TLS clients, or says nothing.",
  },
  strength: { question: "Is its key strong enough?", met: "The key is as strong as the service demands." },
  revocation: {
    question: "Is it revoked?",
    met: "It is neither revoked nor on hold.",
  },
  authority: {
    question: "Is its authority still good?",
    met: "No authority above it that is known here is revoked, on hold or over.",
  },
  credential: { question: "Who is it?", met: "One client is known by it." },
  issuer: { question: "Is its issuer accepted?", met: "The service accepts who issued it." },
  client: { question: "Is the client active?", met: "The client is neither suspended, retired nor expired." },
  grant: {
    question: "May the client do this?",
    met: "It was granted the service, with this path and method.",
  },
};
