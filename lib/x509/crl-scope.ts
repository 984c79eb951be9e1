import type { DerValue } from "./der-reader.ts";
import { readGeneralName } from "./general-name.ts";

/** Which certificates a CRL tells of, as its issuing distribution point says (RFC 5280 §5.2.5). */
export interface CrlScope {
  /** Where this CRL is fetched; those certificates that name one of these addresses are its own. */
  urls: string[];
  only: "user" | "authority" | "attribute" | null;
  /** Whether it tells of some reasons only. */
  onlySomeReasons: boolean;
  /** Whether it has certificates of other issuers. */
  isIndirect: boolean;
}

/** @throws DomainError malformed when it is not an IssuingDistributionPoint */
export function readScope(value: DerValue): CrlScope {
  const what = "issuing distribution point";
  const fields = value.fields(what);
  const fullName = fields.optional(0xa0)?.children[0];
  const user = fields.optional(0x81)?.boolean(what, 0x81) ?? false;
  const authority = fields.optional(0x82)?.boolean(what, 0x82) ?? false;
  const onlySomeReasons = fields.optional(0x83) !== undefined;
  const isIndirect = fields.optional(0x84)?.boolean(what, 0x84) ?? false;
  const attribute = fields.optional(0x85)?.boolean(what, 0x85) ?? false;
  fields.end();
  if (Number(user) + Number(authority) + Number(attribute) > 1) {
    throw value.error(what, "limits the CRL to two kinds of certificates at once", "rfc5280.5.2.5");
  }
  const urls: string[] = [];
  for (const member of fullName?.tag === 0xa0 ? fullName.children : []) {
    const name = readGeneralName(member, what);
    if (name.type === "uri") urls.push(name.value);
  }
  const only = user ? "user" : authority ? "authority" : attribute ? "attribute" : null;
  return { urls, only, onlySomeReasons, isIndirect };
}
