"use client";

import type { BrowserKeys } from "#components/certificate/browser-keys.ts";
import { KEY_ALGORITHMS } from "#lib/x509/key-algorithm.ts";
import { type Draft, firstDraft } from "../../certificates/new/draft.ts";
import { DeliveryFields, Lifetime, RequestFields, WishFields } from "../../certificates/new/fields.tsx";
import { KeyField } from "../../certificates/new/key-field.tsx";
import { ProfileField } from "../../certificates/new/profile-field.tsx";
import { type Origin, profileOf } from "./proof-draft.ts";
import type { ProofFieldsProps } from "./proof-fields.tsx";

interface IssuedFieldsProps extends ProofFieldsProps {
  origin: Origin;
  keys: BrowserKeys;
}

/** The certificate that is issued on the way. One that takes another's place keeps its profile and its names. */
export function IssuedFields(props: IssuedFieldsProps) {
  const { draft, choices, onChange, refusal, errorOf, showAll, origin, keys } = props;
  const { profiles, replaced } = choices;
  const profile = profileOf(draft, profiles);
  const { certificate } = draft;
  if (profile === null || certificate === null) return null;
  const offered = profile.rules.keyAlgorithms.filter((each) => origin !== "browser" || keys.makes(each));
  const keyAlgorithm = offered.includes(certificate.keyAlgorithm) ? certificate.keyAlgorithm : offered[0];
  const wished: Draft = keyAlgorithm === undefined ? certificate : { ...certificate, keyAlgorithm };
  const change = (part: Partial<Draft>) => onChange({ certificate: { ...certificate, ...part } });
  const fields = { draft: wished, profile, onChange: change, refusal };
  return (
    <div className="flex flex-col gap-5">
      <ProfileField
        profiles={profiles}
        profile={profile}
        fixed={replaced !== null}
        onChange={(next) => change({ profile: next.slug, lifetime: firstDraft(next, null).lifetime })}
        refusal={refusal}
      />
      {origin === "csr" && <RequestFields {...fields} />}
      {origin !== "csr" && replaced === null && (
        <>
          <p className="text-muted text-sm">
            A certificate without any name gets the client's name as its common name.
          </p>
          <WishFields {...fields} offered={offered} showAll={showAll} />
        </>
      )}
      {origin !== "csr" && replaced !== null && (
        <>
          <p className="text-muted text-sm">
            For the names of {replaced.name}, in its lineage, with a new{" "}
            {KEY_ALGORITHMS[wished.keyAlgorithm].label} key.
          </p>
          <div className="grid items-start gap-x-4 gap-y-5 sm:grid-cols-2">
            <KeyField
              offered={offered}
              value={wished.keyAlgorithm}
              onChange={(next) => change({ keyAlgorithm: next })}
              error={errorOf("publicKey")}
            />
            <Lifetime {...fields} />
          </div>
        </>
      )}
      {origin === "server" && (
        <DeliveryFields
          form={draft.keyForm}
          onForm={(keyForm) => onChange({ keyForm })}
          password={draft.password}
          onPassword={(password) => onChange({ password })}
          refusal={refusal}
        />
      )}
    </div>
  );
}
