import { absoluteTime } from "#components/ui/time-format.ts";
import type { Preview } from "#lib/authority/issue.ts";
import { extensionValue } from "#lib/x509/extension-reader.ts";
import type { GeneralName } from "#lib/x509/general-name.ts";
import { KEY_ALGORITHMS } from "#lib/x509/key-algorithm.ts";
import { formatName } from "#lib/x509/name.ts";

/** One subject of a signing request beside what the certificate will have. */
export interface ComparisonRow {
  label: string;
  asked: string[];
  issued: string[];
  /** Why the two differ; null where the request gets what it asks. */
  reason: string | null;
}

/** Extensions whose content the rows tell in words of their own. */
const TOLD_APART = new Set(["subjectAlternativeName", "extendedKeyUsage"]);

/**
 * A signing request and the certificate that would come of it, side by side.
 *
 * @param profile its name, for the reasons
 */
export function compareRequest({ asked, plan }: Preview, profile: string): ComparisonRow[] {
  const reasonFor = (field: string) =>
    plan.adjustments.find((adjustment) => adjustment.field === field)?.reason ?? null;
  const issuedUsages = plan.usages.map((usage) => `${usage}Auth`);
  const askedUsages = extensionValue(asked.extensions, "extendedKeyUsage")?.purposes ?? [];
  const sameUsages =
    askedUsages.length === 0 ||
    (askedUsages.length === issuedUsages.length &&
      issuedUsages.every((usage) => askedUsages.includes(usage)));
  const others = asked.extensions.filter((extension) => !TOLD_APART.has(extension.name));
  return [
    {
      label: "Subject",
      asked: orNone(formatName(asked.subject)),
      issued: orNone(formatName(plan.subject)),
      reason: reasonFor("subject"),
    },
    {
      label: "Alternative names",
      asked: asked.names.map(nameText),
      issued: plan.names.map(nameText),
      reason: reasonFor("names"),
    },
    { label: "Key", asked: [asked.key], issued: [KEY_ALGORITHMS[plan.keyAlgorithm].label], reason: null },
    {
      label: "Uses",
      asked: askedUsages,
      issued: issuedUsages,
      reason: sameUsages ? null : `The profile ${profile} decides what its certificates are for.`,
    },
    {
      label: "Validity",
      asked: [],
      issued: [`until ${absoluteTime(plan.notAfter)}`],
      reason: reasonFor("lifetime"),
    },
    ...(others.length === 0
      ? []
      : [
          {
            label: "Other extensions",
            asked: others.map((extension) => extension.name),
            issued: ["as the profile has them"],
            reason: `What a certificate of the profile ${profile} carries besides its names is not the request's to say.`,
          },
        ]),
  ];
}

const nameText = (name: GeneralName) => `${name.type}:${name.value}`;
const orNone = (text: string) => (text === "" ? [] : [text]);
