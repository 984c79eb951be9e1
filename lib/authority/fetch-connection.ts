import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";

/** Why nothing was fetched. */
export type FetchFault =
  /** The address itself: no URL, another scheme, a password in it. */
  | "url"
  /** The name has no address. */
  | "name"
  /** The address is none that is contacted. */
  | "forbidden"
  /** Nothing listens there, or a firewall says so. */
  | "refused"
  /** No way there. */
  | "unreachable"
  | "timeout"
  /** The certificate of an https server is not believed, or the handshake failed. */
  | "tls"
  /** What answered does not speak HTTP. */
  | "protocol"
  /** The answer ended early. */
  | "cutOff"
  | "tooLarge"
  /** Compressed although nobody asked for it. */
  | "encoding"
  | "redirects";

export type ConnectionAnswer =
  | { ok: true; status: number; headers: IncomingHttpHeaders; body: Buffer }
  | { ok: false; fault: FetchFault; detail: string };

interface Exchange {
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: Uint8Array;
  bytesMax: number;
  /** What is said of a larger answer. */
  tooLarge: string;
  /** Of `performance.now()`. */
  deadline: number;
}

/** Whoever does not take a connection in this time is not going to. */
const CONNECT_MS = 5_000;

const HEADER_BYTES_MAX = 16_384;

/**
 * One request to one address.
 *
 * @param url whose host is named in the request, and in the handshake
 * @param address to which the connection goes
 */
export function requestAt(url: URL, address: string, exchange: Exchange): Promise<ConnectionAnswer> {
  const { method = "GET", headers = {}, body, deadline } = exchange;
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const left = Math.max(1, deadline - performance.now());
  return new Promise((resolve) => {
    const isHttps = url.protocol === "https:";
    const outgoing = (isHttps ? httpsRequest : httpRequest)({
      host: address,
      port: url.port === "" ? (isHttps ? 443 : 80) : url.port,
      path: `${url.pathname}${url.search}`,
      method,
      // Never compressed: what is small on the way may be anything in memory.
      headers: { "User-Agent": "Countersign", "Accept-Encoding": "identity", ...headers, Host: url.host },
      agent: false,
      maxHeaderSize: HEADER_BYTES_MAX,
      ...(isHttps && isIP(hostname) === 0 ? { servername: hostname } : {}),
    });
    const settle = (answer: ConnectionAnswer) => {
      clearTimeout(whole);
      clearTimeout(connecting);
      resolve(answer);
      outgoing.destroy();
    };
    const fail = (fault: FetchFault, detail: string) => settle({ ok: false, fault, detail });
    const whole = setTimeout(() => fail("timeout", "The whole answer did not arrive in time."), left);
    const connecting = setTimeout(() => fail("timeout", NO_CONNECTION), Math.min(CONNECT_MS, left));
    outgoing.on("socket", (socket) => {
      socket.once(isHttps ? "secureConnect" : "connect", () => clearTimeout(connecting));
    });
    outgoing.on("error", (error) => settle(failureOf(error, isHttps)));
    outgoing.on("response", (incoming) => collect(incoming, exchange, settle));
    outgoing.end(body);
  });
}

const NO_CONNECTION =
  "No connection came about in time: a firewall drops what is sent to this port, or the host is off.";

function collect(
  incoming: IncomingMessage,
  { bytesMax, tooLarge }: Exchange,
  settle: (answer: ConnectionAnswer) => void,
): void {
  const fail = (fault: FetchFault, detail: string) => settle({ ok: false, fault, detail });
  const encoding = incoming.headers["content-encoding"] ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    fail("encoding", COMPRESSED);
    return;
  }
  if (Number(incoming.headers["content-length"] ?? 0) > bytesMax) {
    fail("tooLarge", tooLarge);
    return;
  }
  const parts: Buffer[] = [];
  let size = 0;
  incoming.on("data", (part: Buffer) => {
    size += part.length;
    if (size > bytesMax) fail("tooLarge", tooLarge);
    else parts.push(part);
  });
  incoming.on("error", () => fail("cutOff", CUT_OFF));
  incoming.on("end", () => {
    const { complete, statusCode = 0, headers } = incoming;
    if (complete) settle({ ok: true, status: statusCode, headers, body: Buffer.concat(parts) });
    else fail("cutOff", CUT_OFF);
  });
}

const COMPRESSED =
  "The answer is compressed although that was not asked for; clients that check revocation cannot read it.";

const CUT_OFF = "The connection ended before the answer did.";

/** Codes of Node in words; what is not known is not repeated, as it may name addresses of this network. */
function failureOf(error: Error, isHttps: boolean): ConnectionAnswer {
  const code = String((error as NodeJS.ErrnoException).code ?? "");
  if (code === "ECONNREFUSED") {
    const detail = "The connection was refused: nothing listens on this port, or a firewall blocks it.";
    return { ok: false, fault: "refused", detail };
  }
  if (code === "ETIMEDOUT") return { ok: false, fault: "timeout", detail: NO_CONNECTION };
  if (/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN|ENETDOWN)$/.test(code)) {
    return { ok: false, fault: "unreachable", detail: "There is no way from this server to that host." };
  }
  if (code.startsWith("HPE_")) {
    return { ok: false, fault: "protocol", detail: "What answers there does not speak HTTP." };
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    return { ok: false, fault: "cutOff", detail: "The connection was ended before an answer came." };
  }
  if (isHttps) {
    const detail =
      "No https connection came about: the server's certificate is not trusted, does not fit the name, or is over.";
    return { ok: false, fault: "tls", detail };
  }
  return { ok: false, fault: "unreachable", detail: "The connection failed." };
}
