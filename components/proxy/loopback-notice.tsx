import { Notice } from "#components/ui/notice.tsx";

/**
 * Said where addresses of this instance stand in what is copied to a proxy, and mean the proxy's own machine there.
 *
 * @param url the address at which others are to reach the http port
 */
export function LoopbackNotice({ url }: { url: string }) {
  if (!["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname)) return null;
  return (
    <Notice tone="info" title={`The addresses below say ${url}`}>
      They are right on this machine only. For proxies elsewhere set COUNTERSIGN_PROTOCOL_URL to the address
      at which they reach the http port.
    </Notice>
  );
}
