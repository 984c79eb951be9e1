import type { Socket } from "node:net";
import type { KnownProxy } from "#lib/access/known-proxies.ts";
import type { SyslogBatches } from "#lib/handshake/syslog-batches.ts";
import { type SyslogFrame, SyslogFraming } from "#lib/handshake/syslog-framing.ts";
import { sentMessage } from "#lib/handshake/syslog-sender.ts";
import { letOthersRun } from "#lib/loop-turn.ts";
import type { SyslogSenders } from "#lib/protocol/syslog-senders.ts";
import type { SyslogTally } from "#lib/protocol/syslog-tally.ts";

/** What connections work with. */
export interface SyslogParts {
  senders: SyslogSenders;
  batches: SyslogBatches;
  tally: SyslogTally;
}

/** So much is read of a message: more than is read of a line in any letters. */
export const MESSAGE_BYTES_MAX = 65_536;

/** So long a message may take to come to its end once it has begun. */
const MESSAGE_MS = 60_000;

/**
 * Lines that are kept until their sender has proven itself, and their characters: HAProxy tells of its start without
 * the structured data in which the token stands.
 */
const UNPROVEN_LINES = 64;
const UNPROVEN_CHARACTERS = 65_536;

/**
 * One connection on which a proxy sends syslog (RFC 6587). It is read only as fast as lines are stored. Once a line
 * has come with a token, those without one on the same connection are that proxy's, too.
 */
export class SyslogConnection {
  readonly #socket: Socket;
  readonly #from: string;
  readonly isTls: boolean;
  readonly #parts: SyslogParts;
  readonly #messageMs: number;
  readonly #framing = new SyslogFraming(MESSAGE_BYTES_MAX);
  #isCertified = false;
  /** The first one that came, which is a proxy's. */
  #token: string | null = null;
  #isProven = false;
  #unproven: string[] = [];
  #unprovenCharacters = 0;

  /** @param messageMs how long a message may take */
  constructor(socket: Socket, isTls: boolean, parts: SyslogParts, messageMs = MESSAGE_MS) {
    this.#messageMs = messageMs;
    this.#socket = socket;
    this.#from = socket.remoteAddress ?? "";
    this.isTls = isTls;
    this.#parts = parts;
  }

  /** Whether anything has come of which it is known whose it is. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** Reads to the end of the connection. Never fails. */
  async read(): Promise<void> {
    let patience: NodeJS.Timeout | undefined;
    let beganAt: number | null = null;
    try {
      for await (const piece of this.#socket) {
        clearTimeout(patience);
        const frames = this.#framing.push(piece as Buffer);
        if (!(await this.#take(frames))) break; // which closes it
        if (frames.length > 0 || !this.#framing.isWithin) beganAt = null;
        if (this.#framing.isWithin) {
          beganAt ??= performance.now();
          const leftMs = this.#messageMs - (performance.now() - beganAt);
          patience = setTimeout(() => this.#socket.destroy(), Math.max(0, leftMs));
        }
      }
      // Cut off in the middle, the sender has it still and will send it again.
      await this.#take(this.#framing.end().filter(({ cut }) => !cut));
    } catch {
      // The connection broke.
    } finally {
      clearTimeout(patience);
      this.#refuseUnproven();
    }
  }

  /** @returns false when the sender is refused */
  async #take(frames: readonly SyslogFrame[]): Promise<boolean> {
    const { senders, batches } = this.#parts;
    if (frames.length === 0) return true;
    if (!senders.areKnown) return this.#lose(frames.length, "no proxies were read yet");
    let certified: KnownProxy | null;
    try {
      certified = this.isTls ? await senders.ofConnection(this.#socket) : null;
    } catch (error) {
      return this.#lose(frames.length, error);
    }
    if (certified === null && this.#isCertified) return this.#refuse(frames.length);
    this.#isCertified = certified !== null;
    for (const [index, { text }] of frames.entries()) {
      const { line, token } = sentMessage(text);
      const proxy = this.#proxyOf(line, token, certified);
      if (proxy === "wrong") return this.#refuse(frames.length - index);
      if (proxy !== null) {
        this.#isProven = true;
        if (token !== null || certified !== null) this.#takeUnproven(proxy.id);
        this.#add(proxy.id, line);
        if (batches.isFull(proxy.id)) await batches.whenFree(proxy.id);
      } else if (this.#isProven) this.#parts.tally.refused(1, this.#from);
      else if (!this.#keepUnproven(line)) return this.#refuse(frames.length - index);
      // One piece may have ten thousand short ones.
      await letOthersRun();
    }
    return true;
  }

  /** Null when it is not known; "wrong" when the token is nobody's, or nobody's any more. */
  #proxyOf(line: string, token: string | null, certified: KnownProxy | null): KnownProxy | "wrong" | null {
    const { senders } = this.#parts;
    const counts = token ?? (certified === null ? this.#token : null);
    if (counts === null) return certified ?? (this.isTls ? null : senders.ofName(line, this.#from));
    const proxy = senders.ofToken(counts, this.#from);
    if (proxy === null) return "wrong";
    this.#token ??= counts;
    return proxy;
  }

  #add(proxyId: string, line: string): void {
    this.#parts.tally.taken();
    this.#parts.batches.add(proxyId, line);
  }

  /** @returns false when there are too many */
  #keepUnproven(line: string): boolean {
    this.#unproven.push(line);
    this.#unprovenCharacters += line.length;
    return this.#unproven.length <= UNPROVEN_LINES && this.#unprovenCharacters <= UNPROVEN_CHARACTERS;
  }

  #takeUnproven(proxyId: string): void {
    for (const line of this.#unproven) this.#add(proxyId, line);
    this.#unproven = [];
  }

  /** The connection is closed: what is still with the sender is sent again. */
  #lose(lines: number, reason: unknown): false {
    this.#parts.tally.lost(lines, reason);
    return false;
  }

  #refuse(lines: number): false {
    this.#parts.tally.refused(lines, this.#from);
    return false;
  }

  #refuseUnproven(): void {
    if (this.#unproven.length > 0) this.#refuse(this.#unproven.length);
    this.#unproven = [];
  }
}
