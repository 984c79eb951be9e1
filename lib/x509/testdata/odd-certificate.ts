import {
  bitString,
  context,
  type DerNode,
  element,
  encodeDer,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  TAG,
  textElement,
} from "../der-writer.ts";

/** What a certificate of a test says otherwise than one should; whatever is left out is sound. */
export interface OddWishes {
  version?: DerNode;
  serial?: DerNode;
  issuer?: DerNode;
  subject?: DerNode;
  notBefore?: DerNode;
  notAfter?: DerNode;
  spki?: DerNode;
  /** Extension elements. */
  extensions?: DerNode[];
  signatureAlgorithm?: DerNode;
}

/** An INTEGER with exactly these content octets. */
export const rawInteger = (...octets: number[]) => element(TAG.integer, Uint8Array.from(octets));

/** A time with exactly this text. */
export const rawTime = (tag: number, text: string) => element(tag, text);

/** A name of one common name. */
export const nameOf = (value: string | DerNode) =>
  sequence(
    setOf(sequence(oid("2.5.4.3"), typeof value === "string" ? textElement(TAG.utf8String, value) : value)),
  );

/** An Extension. */
export const extension = (id: string, value: DerNode) => sequence(oid(id), octetString(value));

const P256 = sequence(
  sequence(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")),
  bitString(Uint8Array.of(4, ...new Uint8Array(64).fill(7))),
);

/** A certificate that nobody signed, as its wishes say. */
export function oddCertificate(wishes: OddWishes = {}): Uint8Array<ArrayBuffer> {
  const algorithm = wishes.signatureAlgorithm ?? sequence(oid("1.2.840.10045.4.3.2"));
  const { extensions = [] } = wishes;
  const body = sequence(
    wishes.version ?? context(0, integer(2)),
    wishes.serial ?? rawInteger(0x4f, 1, 2, 3, 4, 5, 6, 7, 8),
    algorithm,
    wishes.issuer ?? nameOf("Odd Issuer"),
    sequence(
      wishes.notBefore ?? rawTime(TAG.utcTime, "250101000000Z"),
      wishes.notAfter ?? rawTime(TAG.utcTime, "260101000000Z"),
    ),
    wishes.subject ?? nameOf("odd.example"),
    wishes.spki ?? P256,
    ...(extensions.length === 0 ? [] : [context(3, sequence(...extensions))]),
  );
  return encodeDer(sequence(body, algorithm, bitString(new Uint8Array(70).fill(1))));
}
