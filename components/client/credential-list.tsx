import Link from "next/link";
import type { ReactNode } from "react";
import {
  type CredentialFacts,
  credentialName,
  credentialPhase,
  credentialState,
} from "#components/client/credential-words.ts";
import { StillUsed, type StillUsedFacts } from "#components/client/still-used.tsx";
import { Copyable } from "#components/ui/copyable.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";

interface CredentialListProps {
  /** Those that are shown. */
  credentials: readonly CredentialFacts[];
  /** All of the client: a successor says what becomes of an old one. */
  all: readonly CredentialFacts[];
  now: Date;
  /** Where those that are being replaced were let in, by their ids. */
  stillUsed?: ReadonlyMap<string, StillUsedFacts>;
  actionsOf?: ((credential: CredentialFacts) => ReactNode) | undefined;
}

const SHORT_FINGERPRINT = 24;

/** What proves a client, with the times of each and its use. */
export function CredentialList({ credentials, all, now, stillUsed, actionsOf }: CredentialListProps) {
  return (
    <ul className="divide-y divide-line">
      {credentials.map((credential) => {
        const { tone, word } = credentialState(credential, all, now);
        const uses = stillUsed?.get(credential.id);
        return (
          <li key={credential.id} className="flex min-w-0 flex-col gap-3 px-4 py-3">
            <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
              <div className="min-w-0 flex-1 basis-72">
                <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                  <span className="font-medium [overflow-wrap:anywhere]">
                    <Subject credential={credential} />
                  </span>
                  <Status tone={tone}>{word}</Status>
                </p>
                <Recognised credential={credential} />
                <Times credential={credential} all={all} now={now} />
              </div>
              {actionsOf !== undefined && <div className="flex flex-wrap gap-2">{actionsOf(credential)}</div>}
            </div>
            {uses !== undefined && <StillUsed {...uses} />}
          </li>
        );
      })}
    </ul>
  );
}

function Subject({ credential }: { credential: CredentialFacts }) {
  const name = harmless(credentialName(credential));
  if (credential.kind === "name" || credential.certificate === null) return name;
  return (
    <Link
      href={`/certificates/${credential.certificate.id}`}
      prefetch={false}
      className="text-link hover:underline"
    >
      {name}
    </Link>
  );
}

/** By what exactly a proxy's question is compared. */
function Recognised({
  credential: { kind, sha256, authority, certificate },
}: {
  credential: CredentialFacts;
}) {
  if (kind === "name") {
    return (
      <p className="text-muted text-sm [overflow-wrap:anywhere]">
        in any certificate of {authority === null ? "an authority that is gone" : harmless(authority.name)}
      </p>
    );
  }
  return (
    <p className="flex flex-wrap items-center gap-x-1 text-muted text-sm">
      {kind === "key" ? "any certificate with the key" : "the certificate"}
      <Copyable
        text={sha256}
        label={kind === "key" ? "SHA-256 of the key" : "SHA-256 fingerprint"}
        shorten={SHORT_FINGERPRINT}
      />
      {certificate === null && "not in the inventory"}
    </p>
  );
}

function Times({
  credential,
  all,
  now,
}: {
  credential: CredentialFacts;
  all: readonly CredentialFacts[];
  now: Date;
}) {
  const { startsAt, endsAt, lastUsedAt, proof, revokesAtEnd } = credential;
  // A key or a name lets in others than the one by which it was made.
  const certificate = proof?.certificate ?? credential.certificate;
  const phase = credentialPhase(credential, all, now);
  const isOver = phase === "ended";
  return (
    <p className="flex flex-wrap gap-x-4 text-muted text-sm">
      <span>
        {phase === "next" ? "counts from" : "since"} <RelativeTime time={startsAt} />
      </span>
      <span>
        {endsAt === null ? (
          "no end"
        ) : (
          <>
            {isOver ? "ended" : "ends"} <RelativeTime time={endsAt} />
            {!isOver && revokesAtEnd && ", and its certificate is revoked then"}
          </>
        )}
      </span>
      {!isOver && certificate !== null && (
        <span>
          {credential.kind === "certificate" ? "certificate" : "newest certificate"}{" "}
          {certificate.notAfter <= now ? "expired" : "expires"} <RelativeTime time={certificate.notAfter} />
        </span>
      )}
      <span>
        {lastUsedAt === null ? (
          "never used"
        ) : (
          <>
            last used <RelativeTime time={lastUsedAt} />
          </>
        )}
      </span>
    </p>
  );
}
