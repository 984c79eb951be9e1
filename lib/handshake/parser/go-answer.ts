import type { Observation } from "#lib/handshake/observation.ts";

/** What the answer to a request says of its handshake, in proxies that end a handshake they do not like. */
export function goAnswer(
  status: number | null,
  tls: Observation["tls"],
): Pick<Observation, "direction" | "outcome" | "finding"> {
  if (status === 421)
    return {
      direction: "inbound",
      outcome: "refused",
      finding: { kind: "reason", reason: "misdirected", words: "" },
    };
  if (status === 502 || status === 504) return { direction: "upstream", outcome: "unknown", finding: null };
  // Without TLS, an answer that is an error says nothing of any handshake.
  const isAccepted = tls !== null || (status !== null && status > 0 && status < 400);
  return { direction: "inbound", outcome: isAccepted ? "accepted" : "unknown", finding: null };
}
