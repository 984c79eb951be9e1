import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";

interface FileLimitsProps {
  /** Lets unknown callers in and records them. */
  isLearning: boolean;
  failsOpen: boolean;
  /** Names of the proxies in front that decide from a file, or are to. */
  proxies: readonly string[];
}

/** What a service is set to and a file cannot say: strangers are refused by whoever decides from one, and never seen. */
export function FileLimits({ isLearning, failsOpen, proxies }: FileLimitsProps) {
  if (proxies.length === 0 || !(isLearning || failsOpen)) return null;
  const names = proxies.map(harmless).join(", ");
  return (
    <Notice tone="warn" title={`${isLearning ? "Nothing is learned" : "It does not fail open"} at ${names}`}>
      {proxies.length === 1 ? "It decides" : "They decide"} from a file.{" "}
      {isLearning && "Unknown callers are refused there, and not recorded. "}
      {failsOpen && "Whatever is away, only who is on the list that it has gets in. "}
      For this, let the proxy ask about each request.
    </Notice>
  );
}
