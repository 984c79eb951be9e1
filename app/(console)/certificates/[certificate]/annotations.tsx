import { NotesCard } from "#components/certificate/notes-card.tsx";
import { OwnershipCard } from "#components/certificate/ownership-card.tsx";
import type { KnownAnnotations } from "#components/certificate/ownership-form.tsx";
import type { UserActor } from "#lib/authorization/actor.ts";
import { isAllowed } from "#lib/authorization/authorize.ts";
import { installation } from "#lib/installation.ts";
import { annotationFacets } from "#lib/inventory/certificate-facets.ts";
import type { CertificateDetail } from "#lib/inventory/certificate-read.ts";
import { saveNotes, saveOwnership } from "./actions.ts";

interface AnnotationsProps {
  actor: UserActor;
  certificate: CertificateDetail;
}

/** What people say of a certificate: whom it belongs to, what it is grouped by, notes. */
export function Annotations({ actor, certificate: { id, owner, tags, notes } }: AnnotationsProps) {
  const mayChange = isAllowed(actor, "certificate:annotate");
  // Needed only once somebody changes something: not waited for.
  const known = mayChange ? knownAnnotations(actor) : Promise.resolve({ owners: [], tags: [] });
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <OwnershipCard
        certificateId={id}
        owner={owner}
        tags={tags}
        mayChange={mayChange}
        known={known}
        save={saveOwnership}
      />
      <NotesCard certificateId={id} notes={notes} mayChange={mayChange} save={saveNotes} />
    </div>
  );
}

/** What other certificates have, to choose from. */
async function knownAnnotations(actor: UserActor): Promise<KnownAnnotations> {
  const { owners, tags } = await annotationFacets(installation(), actor);
  return {
    owners: owners.map(({ value }) => value).filter((value) => value !== ""),
    tags: tags.map(({ value }) => value),
  };
}
