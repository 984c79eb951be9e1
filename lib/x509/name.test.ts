import { describe, expect, test } from "vitest";
import { TAG } from "./der-writer.ts";
import {
  checkName,
  commonName,
  decodeName,
  encodeName,
  formatName,
  type Name,
  namesEqual,
  parseName,
} from "./name.ts";

const CN = "2.5.4.3";
const name = (value: string, tag?: number): Name => [[{ type: CN, value, tag }]];
const rule = (expected: string) =>
  expect.objectContaining({ code: "malformed", violations: [expect.objectContaining({ rule: expected })] });

describe("text (RFC 4514)", () => {
  test.each([
    ["CN=Steve Kille,O=Isode Limited,C=GB", "CN=Steve Kille,O=Isode Limited,C=GB"],
    ["OU=Sales+CN=J.  Smith,DC=example,DC=net", "OU=Sales+CN=J.  Smith,DC=example,DC=net"],
    [
      'CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net',
      'CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net',
    ],
    ["CN=Before\\2cAfter", "CN=Before\\,After"],
    ["SN=Lu\\C4\\8Di\\C4\\87", "SN=Lučić"],
    ["1.3.6.1.4.1.1466.0=#04024869", "1.3.6.1.4.1.1466.0=#04024869"],
    ["cn = edge , o = Example ", "CN=edge,O=Example"],
    ["commonName=a,E=ops@example,S=Kent", "CN=a,emailAddress=ops@example,ST=Kent"],
    ["CN=\\ two blanks\\ ", "CN=\\ two blanks\\ "],
    ["CN=\\#1", "CN=\\#1"],
    ["", ""],
  ])("reads %j and writes %j", (text, formatted) => {
    expect(formatName(parseName(text))).toBe(formatted);
  });

  test("stands most specific first, the certificate most general first", () => {
    expect(parseName("CN=api,C=DE").map((relative) => relative[0]?.type)).toEqual(["2.5.4.6", CN]);
  });

  test.each([
    ["CN", "rfc4514.syntax"],
    ["CN=a,", "rfc4514.syntax"],
    ["CN=a;O=b", "rfc4514.syntax"],
    ["CN=a\\", "rfc4514.syntax"],
    ["CN=\\ff", "rfc4514.syntax"],
    ["XYZ=a", "rfc4514.type"],
    ["CN=", "rfc5280.A.1.empty"],
    ["C=Germany", "rfc5280.A.1.length"],
    ["C=D1", "rfc5280.A.1.country"],
    [`CN=${"x".repeat(65)}`, "rfc5280.A.1.length"],
    ["CN=a\\00b", "name.characters"],
    ["CN=a\u202Eb", "name.characters"],
    ["CN=a\nb", "name.characters"],
    ["serialNumber=Größe", "x680.printable-string"],
    ["DC=größe", "x680.ia5-string"],
  ])("refuses %j by the rule %s", (text, expected) => {
    expect(() => parseName(text)).toThrow(rule(expected));
  });

  test("shows NUL and direction marks of others' certificates escaped, so that nobody is deceived", () => {
    expect(formatName(name("good\0.evil"))).toBe("CN=good\\00.evil");
    expect(formatName(name("a\u202Eb"))).toBe("CN=a\\e2\\80\\aeb");
    expect(checkName(name("a\u202Eb"))?.detail).toContain("U+202E");
  });
});

describe("DER", () => {
  test("has PrintableString for countries, IA5String for domain components, UTF8String else", () => {
    const tags = decodeName(encodeName(parseName("CN=ü,DC=a,C=DE"))).map((relative) => relative[0]?.tag);
    expect(tags).toEqual([TAG.printableString, TAG.ia5String, TAG.utf8String]);
  });

  test.each([
    [TAG.bmpString, "Größe"],
    [TAG.universalString, "𝔊röße"],
    [TAG.teletexString, "Größe"],
    [TAG.printableString, "edge 7"],
    [TAG.utf8String, "名前"],
  ])("of the string type 0x%x is written back as it was read", (tag, value) => {
    const der = encodeName(name(value, tag));
    expect(decodeName(der)).toEqual(name(value, tag));
    expect(encodeName(decodeName(der))).toEqual(der);
  });
});

describe("comparison (RFC 5280 §7.1)", () => {
  test.each([
    ["case", "CN=Edge Seven", "CN=edge SEVEN"],
    ["white space", "CN=edge   seven", "CN=\\ edge seven\\ "],
    ["compatibility forms", "CN=ﬁle", "CN=file"],
    ["composition", "CN=u\u0308ber", "CN=ÜBER"],
    ["sharp s", "CN=Straße", "CN=STRASSE"],
    ["the order inside a set", "CN=a+UID=b", "UID=b+CN=a"],
  ])("ignores %s", (_, left, right) => {
    expect(namesEqual(parseName(left), parseName(right))).toBe(true);
  });

  test("ignores the string type", () => {
    expect(namesEqual(name("edge", TAG.printableString), name("edge", TAG.bmpString))).toBe(true);
  });

  test.each([
    ["CN=a,O=b", "O=b,CN=a"],
    ["CN=a", "OU=a"],
    ["CN=a", "CN=a,O=b"],
    ["CN=a+CN=b", "CN=a+CN=a"],
    ["CN=ab", "CN=a b"],
  ])("keeps %s and %s apart", (left, right) => {
    expect(namesEqual(parseName(left), parseName(right))).toBe(false);
  });
});

test("the common name is the most specific one", () => {
  expect(commonName(parseName("CN=inner,O=x,CN=outer"))).toBe("inner");
  expect(commonName(parseName("O=x"))).toBeUndefined();
});
