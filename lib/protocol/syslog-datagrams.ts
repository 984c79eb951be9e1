import type { RemoteInfo, Socket } from "node:dgram";
import { sentMessage } from "#lib/handshake/syslog-sender.ts";
import type { SyslogParts } from "#lib/protocol/syslog-connection.ts";

/**
 * Takes syslog over UDP in (RFC 5426): each datagram is a message, and says itself whose it is. Nothing can be held
 * up here, so what comes while too much waits is lost, and counted.
 */
export function receiveDatagrams(socket: Socket, { senders, batches, tally }: SyslogParts): void {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  socket.on("message", (datagram: Buffer, { address }: RemoteInfo) => {
    const text = decoder.decode(datagram).replace(/[\r\n\0]{1,3}$/, "");
    if (text === "") return;
    const { line, token } = sentMessage(text);
    const proxy = token === null ? senders.ofName(line, address) : senders.ofToken(token, address);
    if (proxy === null) tally.refused(1, address);
    else if (batches.isFull(proxy.id)) tally.lost(1, "more datagrams than can be stored");
    else {
      tally.taken();
      batches.add(proxy.id, line);
    }
  });
}
