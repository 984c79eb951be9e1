import { DomainError } from "../errors.ts";
import { type ParsedCertificate, parseCertificate } from "./certificate-reader.ts";
import { type Defect, type DerValue, readDer } from "./der-reader.ts";
import { TAG } from "./der-writer.ts";
import { BODY_RULES } from "./lint-body-rules.ts";
import { EXTENSION_RULES } from "./lint-extension-rules.ts";
import { ISSUER_RULES } from "./lint-issuer-rules.ts";
import { type Finding, type LintRule, LintSubject } from "./lint-rule.ts";
import { USAGE_RULES } from "./lint-usage-rules.ts";
import { readTbsCertificate } from "./tbs-reader.ts";

/** Every rule a certificate is held to before it is signed, and when it is imported. */
export const LINT_RULES: readonly LintRule[] = [
  ...BODY_RULES,
  ...EXTENSION_RULES,
  ...USAGE_RULES,
  ...ISSUER_RULES,
];

/**
 * Holds a certificate, or the bytes to be signed of one, against all rules. Some 25 µs for a usual leaf.
 *
 * @param der a Certificate or a TBSCertificate
 * @param context `issuer`: the issuer's certificate, for the rules between the two
 * @returns what is wrong, errors and lesser; empty when nothing is. Wrong encodings are
 *   errors, and bytes that cannot be read at all are one.
 */
export function lintCertificate(
  der: Uint8Array,
  context: { issuer?: ParsedCertificate | Uint8Array } = {},
): Finding[] {
  const issuer =
    context.issuer instanceof Uint8Array ? parseCertificate(context.issuer, "issuer") : context.issuer;
  try {
    const defects: Defect[] = [];
    const subject = readSubject(readDer(der, "certificate", { defects }), issuer);
    return [...defects.map(encodingFinding), ...findings(subject)];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return [encodingFinding({ rule: error.violations[0]?.rule ?? "x690.type", detail: error.message })];
  }
}

/** A certificate is DER (RFC 5280 §4.1); what is not can often be read all the same. */
function encodingFinding({ rule, detail }: Defect): Finding {
  return { rule, section: "5280 §4.1", severity: "error", detail };
}

function readSubject(value: DerValue, issuer: ParsedCertificate | undefined): LintSubject {
  // A Certificate starts with a SEQUENCE, a TBSCertificate with its version or serial number.
  if (value.children[0]?.tag !== TAG.sequence)
    return new LintSubject(readTbsCertificate(value), undefined, issuer);
  const fields = value.fields("certificate");
  const tbs = readTbsCertificate(fields.next("body"));
  return new LintSubject(tbs, fields.next("signature algorithm").der, issuer);
}

function findings(subject: LintSubject): Finding[] {
  const found: Finding[] = [];
  for (const { id, section, severity, check } of LINT_RULES) {
    const detail = check(subject);
    if (detail !== null) found.push({ rule: id, section, severity, detail });
  }
  return found;
}
