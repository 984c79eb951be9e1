"use client";

import { PROXY_KIND_NAMES } from "#components/proxy/proxy-words.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Fieldset } from "#components/ui/fieldset.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { ProxyKind } from "#lib/access/proxy-input.ts";
import type { NamedBundle } from "#lib/authority/named-bundles.ts";

/** A proxy while it is being written. */
export interface ProxyDraft {
  slug: string;
  name: string;
  kind: ProxyKind;
  /** Ids. */
  services: readonly string[];
  /** SHA-256; empty for none. */
  certificateSha256: string;
  /** Short name; empty for not said. */
  bundle: string;
  /** Version; empty for not said. */
  software: string;
}

/** Labels of the fields, by the names that violations give them. */
export const PROXY_LABELS = {
  name: "Name",
  slug: "Short name",
  kind: "Kind",
  services: "Services",
  certificateSha256: "Certificate of its own",
  bundle: "Trust bundle that it loads",
  software: "Version of its software",
};

interface ProxyFieldsProps {
  draft: ProxyDraft;
  onChange: (part: Partial<ProxyDraft>) => void;
  /** What was typed as a short name; absent where it cannot be changed. */
  onSlug?: (slug: string) => void;
  services: readonly { id: string; name: string }[];
  bundles: readonly NamedBundle[];
  errorOf: (field: string) => string | undefined;
}

/** What a person says of a proxy. */
export function ProxyFields({ draft, onChange, onSlug, services, bundles, errorOf }: ProxyFieldsProps) {
  return (
    <div className="flex flex-col gap-4">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field id="name" label={PROXY_LABELS.name} hint="As people call it." error={errorOf("name")} required>
          <Input
            value={draft.name}
            maxLength={64}
            autoComplete="off"
            onChange={(event) => onChange({ name: event.target.value })}
          />
        </Field>
        <Field
          id="slug"
          label={PROXY_LABELS.slug}
          hint={onSlug === undefined ? "It stays." : "It never changes."}
          error={errorOf("slug")}
          required
        >
          <Input
            mono
            value={draft.slug}
            maxLength={48}
            autoComplete="off"
            readOnly={onSlug === undefined}
            onChange={(event) => onSlug?.(event.target.value)}
          />
        </Field>
        <Field
          id="kind"
          label={PROXY_LABELS.kind}
          hint="From it follows in which header it passes certificates on."
          error={errorOf("kind")}
        >
          <Select
            value={draft.kind}
            // The options are the kinds.
            onChange={(event) => onChange({ kind: event.target.value as ProxyKind })}
          >
            {Object.entries(PROXY_KIND_NAMES).map(([kind, name]) => (
              <option key={kind} value={kind}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
        <Field
          id="certificateSha256"
          label={PROXY_LABELS.certificateSha256}
          hint="SHA-256 of a client certificate with which it may prove itself in place of its token."
          error={errorOf("certificateSha256")}
          optional
        >
          <Input
            mono
            value={draft.certificateSha256}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => onChange({ certificateSha256: event.target.value })}
          />
        </Field>
        <Field
          id="bundle"
          label={PROXY_LABELS.bundle}
          hint="Why it refuses somebody hangs on whom it trusts. Until it is said, that is presumed."
          error={errorOf("bundle")}
          optional
        >
          <Select value={draft.bundle} onChange={(event) => onChange({ bundle: event.target.value })}>
            <option value="">Not said</option>
            <BundleOptions bundles={bundles} chosen={draft.bundle} />
          </Select>
        </Field>
        <Field
          id="software"
          label={PROXY_LABELS.software}
          hint="Such as 1.22.1. Settings for its log are those that this version has."
          error={errorOf("software")}
          optional
        >
          <Input
            mono
            value={draft.software}
            maxLength={64}
            autoComplete="off"
            onChange={(event) => onChange({ software: event.target.value })}
          />
        </Field>
      </div>
      <Fieldset
        legend={PROXY_LABELS.services}
        hint="Before which it stands. It may ask for no other."
        error={errorOf("services")}
      >
        <div
          id="services"
          tabIndex={-1}
          className="grid max-h-64 gap-2 overflow-y-auto rounded-md sm:grid-cols-2"
        >
          {services.map(({ id, name }) => (
            <Checkbox
              key={id}
              label={<span className="break-words">{harmless(name)}</span>}
              checked={draft.services.includes(id)}
              onChange={({ target: { checked } }) =>
                onChange({
                  services: checked ? [...draft.services, id] : draft.services.filter((each) => each !== id),
                })
              }
            />
          ))}
        </div>
      </Fieldset>
    </div>
  );
}

const BUNDLE_KINDS = {
  kept: "Kept by Countersign",
  made: "Made by hand",
  authority: "One authority",
} as const;

/** The bundles by kind; also the one that was chosen, when there is none of that name any more. */
function BundleOptions({ bundles, chosen }: { bundles: readonly NamedBundle[]; chosen: string }) {
  const isGone = chosen !== "" && !bundles.some(({ slug }) => slug === chosen);
  return (
    <>
      {isGone && <option value={chosen}>{chosen} (there is none of that name any more)</option>}
      {Object.entries(BUNDLE_KINDS).map(([kind, label]) => {
        const ofKind = bundles.filter((bundle) => bundle.kind === kind);
        if (ofKind.length === 0) return null;
        return (
          <optgroup key={kind} label={label}>
            {ofKind.map(({ slug, name }) => (
              <option key={slug} value={slug}>
                {harmless(name)}
              </option>
            ))}
          </optgroup>
        );
      })}
    </>
  );
}
