import type { ParsedCertificate } from "./certificate-reader.ts";
import { compareBytes } from "./der-writer.ts";
import type { Extension, ExtensionValue, ExtensionValueOf } from "./extension-reader.ts";
import type { TbsCertificate } from "./tbs-reader.ts";

export type LintSeverity = "error" | "warning" | "notice";

/** What a rule has found. */
export interface Finding {
  /** Stable id, e.g. `rfc5280.4.2.1.6.empty-subject-critical`. */
  rule: string;
  /** The section it comes from, e.g. `5280 §4.2.1.6`. */
  section: string;
  /** `error` keeps a certificate from being signed. */
  severity: LintSeverity;
  /** One sentence. */
  detail: string;
}

/** One rule: what it is called, where it comes from, and the sentence when it is broken. */
export interface LintRule {
  id: string;
  section: string;
  severity: LintSeverity;
  check(subject: LintSubject): string | null;
}

/** A certificate body as the rules look at it. */
export class LintSubject {
  readonly tbs: TbsCertificate;
  /** The AlgorithmIdentifier beside the signature; absent before signing. */
  readonly outerAlgorithmDer: Uint8Array | undefined;
  readonly issuer: ParsedCertificate | undefined;
  readonly selfIssued: boolean;
  readonly isCa: boolean;
  readonly purposes: readonly string[];
  private readonly extensions = new Map<ExtensionValue["kind"], Extension>();

  constructor(tbs: TbsCertificate, outerAlgorithmDer?: Uint8Array, issuer?: ParsedCertificate) {
    this.tbs = tbs;
    this.outerAlgorithmDer = outerAlgorithmDer;
    this.issuer = issuer;
    for (const extension of tbs.extensions) {
      if (extension.value !== null) this.extensions.set(extension.value.kind, extension);
    }
    this.selfIssued = compareBytes(tbs.issuerDer, tbs.subjectDer) === 0;
    this.isCa = this.value("basicConstraints")?.ca ?? false;
    this.purposes = this.value("extendedKeyUsage")?.purposes ?? [];
  }

  extension(kind: ExtensionValue["kind"]): Extension | undefined {
    return this.extensions.get(kind);
  }

  value<Kind extends ExtensionValue["kind"]>(kind: Kind): ExtensionValueOf<Kind> | undefined {
    return this.extensions.get(kind)?.value as ExtensionValueOf<Kind> | undefined;
  }

  /** Whether the extension is there, readable or not. */
  has(name: ExtensionValue["kind"]): boolean {
    return this.tbs.extensions.some((extension) => extension.name === name);
  }
}

/** A rule that is an error, the usual kind. */
export function error(id: string, section: string, check: LintRule["check"]): LintRule {
  return { id, section, severity: "error", check };
}

/** A rule whose breach works but is not as it should be. */
export function warning(id: string, section: string, check: LintRule["check"]): LintRule {
  return { id, section, severity: "warning", check };
}
