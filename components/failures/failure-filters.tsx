import { X } from "lucide-react";
import Form from "next/form";
import Link from "next/link";
import {
  CERTAINTIES,
  type FailureAddress,
  failuresHref,
  isNarrowed,
  withoutFilters,
} from "#components/failures/failure-address.ts";
import { ACTING_WORDS, CERTAINTY_WORDS } from "#components/failures/failure-words.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { SubmitButton } from "#components/ui/submit-button.tsx";
import { type Acting, CAUSE_CODES, CAUSES } from "#lib/handshake/causes.ts";

interface Place {
  slug: string;
  name: string;
}

interface FailureFiltersProps {
  services: readonly Place[];
  proxies: readonly Place[];
  /** What it is narrowed to now. */
  address: FailureAddress;
  /** Names of a client and a certificate by which it is narrowed: they come from other pages' links. */
  clientName: string;
  certificateName: string;
}

/** Id of the field that the key / leads to. */
export const SEARCH_ID = "failures-search";

/** What the list of failures is narrowed to; it stands in the address. */
export function FailureFilters({
  services,
  proxies,
  address,
  clientName,
  certificateName,
}: FailureFiltersProps) {
  const { text, state, client, service, proxy, cause, certainty, certificate, mine, span, live } = address;
  return (
    <Form action="/failures" role="search" className="border-line border-b px-4 py-3">
      {/* What is no filter stays as it is. */}
      {state !== "open" && <input type="hidden" name="state" value={state} />}
      {span !== "24h" && <input type="hidden" name="span" value={span} />}
      {!live && <input type="hidden" name="live" value="off" />}
      {client !== "" && <input type="hidden" name="client" value={client} />}
      {certificate !== "" && <input type="hidden" name="certificate" value={certificate} />}
      <div className="flex flex-wrap items-end gap-x-3 gap-y-2">
        <Field label="Name" id={SEARCH_ID} className="w-full sm:w-52">
          <Input
            name="q"
            type="search"
            defaultValue={text}
            maxLength={100}
            autoComplete="off"
            placeholder="Who, cause or place"
          />
        </Field>
        <Field label="Service" className="w-[calc(50%-0.375rem)] sm:w-36">
          <Places name="service" any="Any service" chosen={service} places={services} />
        </Field>
        <Field label="Proxy" className="w-[calc(50%-0.375rem)] sm:w-36">
          <Places name="proxy" any="Any proxy" chosen={proxy} places={proxies} />
        </Field>
        <Field label="Cause" className="w-[calc(50%-0.375rem)] sm:w-44">
          <Select name="cause" defaultValue={cause}>
            <option value="">Any cause</option>
            {CAUSES_BY_ACTING.map(([acts, codes]) => (
              <optgroup key={acts} label={ACTING_WORDS[acts]}>
                {codes.map((code) => (
                  <option key={code} value={code}>
                    {CAUSES[code].title}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
        </Field>
        <Field label="How sure" className="w-[calc(50%-0.375rem)] sm:w-32">
          <Select name="certainty" defaultValue={certainty}>
            <option value="">Any</option>
            {CERTAINTIES.map((name) => (
              <option key={name} value={name}>
                {CERTAINTY_WORDS[name]}
              </option>
            ))}
          </Select>
        </Field>
        <Checkbox name="mine" value="yes" defaultChecked={mine} label="Mine" className="mb-2" />
        <SubmitButton variant="secondary" className="mb-0.5">
          Show
        </SubmitButton>
        {isNarrowed(address) && (
          <ButtonLink href={withoutFilters(address)} variant="quiet" className="mb-0.5">
            Show all
          </ButtonLink>
        )}
      </div>
      {(client !== "" || certificate !== "") && (
        <ul aria-label="Narrowed by" className="mt-2 flex flex-wrap gap-1.5">
          {client !== "" && (
            <Chip label="Client" value={clientName} href={failuresHref(address, { client: "" })} />
          )}
          {certificate !== "" && (
            <Chip
              label="Certificate"
              value={certificateName}
              href={failuresHref(address, { certificate: "" })}
            />
          )}
        </ul>
      )}
    </Form>
  );
}

/** Causes by who can mend them; nobody filters failures by that nothing failed. */
const CAUSES_BY_ACTING = [
  ...Map.groupBy(
    CAUSE_CODES.filter((code) => code !== "none"),
    (code): Acting => CAUSES[code].acts,
  ),
];

interface PlacesProps {
  name: string;
  any: string;
  chosen: string;
  places: readonly Place[];
}

function Places({ name, any, chosen, places }: PlacesProps) {
  const isListed = chosen === "" || places.some(({ slug }) => slug === chosen);
  return (
    <Select name={name} defaultValue={chosen}>
      <option value="">{any}</option>
      {/* One that is retired, or beyond what a menu takes. */}
      {!isListed && <option value={chosen}>{harmless(chosen)}</option>}
      {places.map((place) => (
        <option key={place.slug} value={place.slug}>
          {harmless(place.name)}
        </option>
      ))}
    </Select>
  );
}

function Chip({ label, value, href }: { label: string; value: string; href: string }) {
  return (
    <li className="min-w-0 max-w-full">
      <Link
        href={href}
        prefetch={false}
        className="inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm border border-line-strong/50 bg-surface px-1.5 text-sm hover:bg-hover pointer-coarse:min-h-9"
      >
        <span className="sr-only">Remove the filter</span>
        <span className="shrink-0 text-muted">{label}</span>
        <bdi className="max-w-72 truncate">{harmless(value)}</bdi>
        <X aria-hidden className="size-3.5 shrink-0 text-muted" />
      </Link>
    </li>
  );
}
