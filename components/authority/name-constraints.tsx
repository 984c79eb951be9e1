import { Description, DescriptionList } from "#components/ui/description-list.tsx";
import type { NameConstraints as Constraints, NameSubtree } from "#lib/x509/name-constraints-encoding.ts";

const FORMS: Record<NameSubtree["type"], string> = {
  dns: "DNS names",
  ip: "IP addresses",
  email: "E-mail addresses",
  uri: "URI hosts",
  directoryName: "Subjects",
  other: "Other names",
};

/** For which names an authority may issue (RFC 5280 §4.2.1.10), in words. */
export function NameConstraints({ constraints }: { constraints: Constraints | null }) {
  if (constraints === null) return <>none: it may issue for any name</>;
  return (
    <DescriptionList>
      {Object.entries(FORMS).map(([type, label]) => {
        const permitted = constraints.permitted.filter((subtree) => subtree.type === type);
        const excluded = constraints.excluded.filter((subtree) => subtree.type === type);
        if (permitted.length + excluded.length === 0) return null;
        return (
          <Description key={type} term={label}>
            {permitted.length > 0 && <Subtrees word="only" subtrees={permitted} />}
            {excluded.length > 0 && <Subtrees word="never" subtrees={excluded} />}
          </Description>
        );
      })}
    </DescriptionList>
  );
}

function Subtrees({ word, subtrees }: { word: string; subtrees: readonly NameSubtree[] }) {
  return (
    <p>
      {word}{" "}
      {subtrees.map(({ value }, index) => (
        <span key={value}>
          {index > 0 && ", "}
          <code className="font-mono">{value}</code>
        </span>
      ))}
    </p>
  );
}
