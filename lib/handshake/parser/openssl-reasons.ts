import type { Reason } from "#lib/handshake/observation.ts";

interface OpensslReason {
  /** SSL_R_… (include/openssl/sslerr.h); the numbers are the same since 1.0.2. Null for what is no error of libssl. */
  code: number | null;
  /** In lower case; the same in all versions. */
  words: string;
  reason: Reason;
}

const row = (code: number | null, words: string, reason: Reason): OpensslReason => ({ code, words, reason });

/** What OpenSSL says of a handshake that failed for something else than a certificate that it verified. */
const REASONS: readonly OpensslReason[] = [
  row(199, "peer did not return a certificate", "certificate-absent"),
  row(176, "no certificates returned", "certificate-absent"),
  row(178, "no certificate returned", "certificate-absent"),
  row(123, "bad signature", "bad-signature"),
  row(264, "wrong signature length", "bad-signature"),
  row(258, "unsupported protocol", "protocol-version"),
  row(259, "unsupported ssl version", "protocol-version"),
  row(254, "unknown ssl version", "protocol-version"),
  row(266, "wrong ssl version", "protocol-version"),
  row(166, "version too high", "protocol-version"),
  row(396, "version too low", "protocol-version"),
  row(191, "no protocols available", "protocol-version"),
  row(292, "bad legacy version", "protocol-version"),
  row(373, "inappropriate fallback", "protocol-version"),
  row(193, "no shared cipher", "no-shared-cipher"),
  row(181, "no ciphers available", "no-shared-cipher"),
  row(248, "unknown cipher returned", "no-shared-cipher"),
  row(261, "wrong cipher returned", "no-shared-cipher"),
  row(101, "no suitable key share", "no-shared-group"),
  row(295, "no suitable groups", "no-shared-group"),
  row(410, "no shared groups", "no-shared-group"),
  row(209, "missing supported groups extension", "no-shared-group"),
  row(315, "unsupported elliptic curve", "no-shared-group"),
  row(378, "wrong curve", "no-shared-group"),
  row(394, "dh key too small", "no-shared-group"),
  row(118, "no suitable signature algorithm", "no-shared-signature-algorithm"),
  row(376, "no shared signature algorithms", "no-shared-signature-algorithm"),
  row(112, "missing sigalgs extension", "no-shared-signature-algorithm"),
  row(297, "no suitable digest algorithm", "no-shared-signature-algorithm"),
  row(333, "legacy sigalg disallowed or unsupported", "no-shared-signature-algorithm"),
  row(370, "wrong signature type", "no-shared-signature-algorithm"),
  row(235, "no application protocol", "alpn"),
  row(234, "callback failed", "server-name"),
  row(226, "clienthello tlsext", "server-name"),
  row(319, "ssl3 ext invalid servername", "server-name"),
  row(156, "http request", "plain-http"),
  row(155, "https proxy request", "plain-http"),
  row(267, "wrong version number", "not-tls"),
  row(252, "unknown protocol", "not-tls"),
  row(281, "decryption failed or bad record mac", "bad-record"),
  row(294, "unexpected eof while reading", "closed"),
  row(312, "read timeout expired", "timed-out"),
  row(null, "connection reset by peer", "reset"),
  row(null, "broken pipe", "closed"),
  row(null, "connection timed out", "timed-out"),
  row(null, "operation timed out", "timed-out"),
  row(null, "connection refused", "unreachable"),
  row(null, "no route to host", "unreachable"),
  row(null, "network is unreachable", "unreachable"),
  row(null, "host is unreachable", "unreachable"),
];

const BY_CODE: ReadonlyMap<number | null, OpensslReason> = new Map(REASONS.map((each) => [each.code, each]));

/** What a number of libssl's list of reasons means. */
export function reasonOfCode(code: number): Reason | null {
  return BY_CODE.get(code)?.reason ?? null;
}

/** The first of the reasons that is named somewhere in a text. */
export function reasonIn(text: string): { reason: Reason; words: string } | null {
  const lower = text.toLowerCase();
  for (const { words, reason } of REASONS) {
    const at = lower.indexOf(words);
    if (at >= 0) return { reason, words: text.slice(at, at + words.length) };
  }
  return null;
}
