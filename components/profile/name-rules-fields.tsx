"use client";

import type { ReactNode } from "react";
import type { RulesDraft } from "#components/profile/rules-draft.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

interface NameRulesFieldsProps {
  draft: RulesDraft;
  onChange: (part: Partial<RulesDraft>) => void;
  errorOf: (field: string) => string | undefined;
}

/** For each form of name whether it is allowed, and within which patterns. */
export function NameRulesFields({ draft, onChange, errorOf }: NameRulesFieldsProps) {
  const { dns, ip, uri, email } = draft;
  return (
    <div className="flex flex-col divide-y divide-line [&>*]:py-4 [&>*:first-child]:pt-0 [&>*:last-child]:pb-0">
      <NameForm
        label="DNS names"
        allowed={dns.allowed}
        onAllowed={(allowed) => onChange({ dns: { ...dns, allowed } })}
        field={{
          id: "rules.names.dns.patterns",
          label: "Patterns for DNS names",
          hint: "One to a line; none allows any. * stands for one label, ** for one or more.",
          placeholder: "*.svc.example.com\n**.corp.example.com",
          value: dns.patterns,
          onChange: (patterns) => onChange({ dns: { ...dns, patterns } }),
          error: errorOf("rules.names.dns.patterns"),
        }}
      >
        <Checkbox
          label="Wildcards"
          hint="Certificates for names such as *.example.com. Their key opens every host below: keep them rare."
          checked={dns.wildcards}
          onChange={(event) => onChange({ dns: { ...dns, wildcards: event.target.checked } })}
        />
      </NameForm>
      <NameForm
        label="IP addresses"
        allowed={ip.allowed}
        onAllowed={(allowed) => onChange({ ip: { ...ip, allowed } })}
        field={{
          id: "rules.names.ip.ranges",
          label: "Ranges for IP addresses",
          hint: "One to a line; none allows any.",
          placeholder: "10.0.0.0/8\nfd00::/8",
          value: ip.ranges,
          onChange: (ranges) => onChange({ ip: { ...ip, ranges } }),
          error: errorOf("rules.names.ip.ranges"),
        }}
      />
      <NameForm
        label="URIs"
        allowed={uri.allowed}
        onAllowed={(allowed) => onChange({ uri: { ...uri, allowed } })}
        field={{
          id: "rules.names.uri.patterns",
          label: "Patterns for URIs",
          hint: "One to a line; none allows any. * stands for one segment of the path, ** for one or more.",
          placeholder: "spiffe://example.com/**",
          value: uri.patterns,
          onChange: (patterns) => onChange({ uri: { ...uri, patterns } }),
          error: errorOf("rules.names.uri.patterns"),
        }}
      />
      <NameForm
        label="E-mail addresses"
        allowed={email.allowed}
        onAllowed={(allowed) => onChange({ email: { ...email, allowed } })}
        field={{
          id: "rules.names.email.patterns",
          label: "Patterns for e-mail addresses",
          hint: "One to a line; none allows any. * stands for anything without a dot.",
          placeholder: "*@example.com",
          value: email.patterns,
          onChange: (patterns) => onChange({ email: { ...email, patterns } }),
          error: errorOf("rules.names.email.patterns"),
        }}
      />
    </div>
  );
}

interface NameFormProps {
  label: string;
  allowed: boolean;
  onAllowed: (allowed: boolean) => void;
  field: {
    id: string;
    label: string;
    hint: string;
    placeholder: string;
    value: string;
    onChange: (value: string) => void;
    error: string | undefined;
  };
  children?: ReactNode;
}

function NameForm({ label, allowed, onAllowed, field, children }: NameFormProps) {
  return (
    <div className="flex flex-col gap-3">
      <Checkbox label={label} checked={allowed} onChange={(event) => onAllowed(event.target.checked)} />
      {allowed && (
        <div className="flex flex-col gap-3 sm:pl-6">
          <Field id={field.id} label={field.label} hint={field.hint} error={field.error} optional>
            <Textarea
              mono
              rows={Math.min(8, Math.max(2, field.value.split("\n").length))}
              placeholder={field.placeholder}
              value={field.value}
              onChange={(event) => field.onChange(event.target.value)}
            />
          </Field>
          {children}
        </div>
      )}
    </div>
  );
}
