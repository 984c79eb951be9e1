import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import { shownText } from "#lib/inventory/foreign-names.ts";
import { ISSUED } from "#lib/inventory/issued.ts";
import { type IssuerNode, issuerSource } from "#lib/inventory/issuer-source.ts";
import { type DeadEnd, type FoundPath, searchPaths } from "#lib/inventory/path-search.ts";
import { isReference } from "#lib/reference.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { commonName, formatName } from "#lib/x509/name.ts";
import { type PathFault, pathFaults } from "#lib/x509/path-faults.ts";

/** One certificate of a path. */
export interface PathStep {
  /** Null for one above an imported authority that is not in the inventory itself. */
  id: string | null;
  name: string;
  subject: string;
  sha256: string;
  notBefore: Date;
  notAfter: Date;
  /** The authority of ours whose certificate it is. */
  authority: { slug: string; name: string } | null;
  /** Why relying parties refuse it in this path; empty when they do not. Its signature always holds. */
  faults: PathFault[];
}

/** Where a path ends. */
export type PathEnd =
  /** In a root of ours, or one that was imported. */
  | { kind: "own-root" | "imported-root" }
  /** In an end-entity certificate that has signed itself. */
  | { kind: "self-signed" }
  /** Before a root: who would go on. */
  | { kind: DeadEnd["kind"]; issuer: string; keyIdentifier: string | null; candidates: number };

export interface CertificatePath {
  /** The certificate first; each was signed by the next. */
  steps: PathStep[];
  end: PathEnd;
  /** Ends in a root, and no step has a fault. */
  isValid: boolean;
}

/** The most paths that are shown. */
const SHOWN_MAX = 8;

/**
 * The paths from a certificate up to the roots that are known here, the best first: valid now, ending in a root
 * of ours, and the shortest. At least one, if only of the certificate itself.
 *
 * @param id of a certificate
 * @throws DomainError `notFound`
 */
export async function certificatePaths(
  installation: Installation,
  actor: Actor,
  id: string,
): Promise<CertificatePath[]> {
  authorize(actor, "certificate:read");
  const now = installation.clock.now();
  const paths = await searchPaths(await startOf(installation, id), issuerSource(installation), now);
  // That some of the authorities above also sign each other in a circle tells nothing while others lead on.
  const onward = paths.filter(({ deadEnd }) => deadEnd?.kind !== "circle");
  return (onward.length > 0 ? onward : paths)
    .map((path) => pathOf(path, now))
    .sort((left, right) => rankOf(left) - rankOf(right) || left.steps.length - right.steps.length)
    .slice(0, SHOWN_MAX);
}

async function startOf(installation: Installation, id: string): Promise<IssuerNode> {
  const row = isReference(id)
    ? await installation.database.read.certificate.findFirst({
        where: { id, ...ISSUED },
        select: {
          id: true,
          displayName: true,
          body: true,
          authorities: { select: { slug: true, name: true } },
        },
      })
    : null;
  if (row === null) throw new DomainError("notFound", "There is no such certificate.");
  return {
    id: row.id,
    name: row.displayName,
    authority: row.authorities[0] ?? null,
    parsed: readForeignCertificate(row.body),
  };
}

function pathOf({ nodes, deadEnd }: FoundPath<IssuerNode>, now: Date): CertificatePath {
  const faults = pathFaults(
    nodes.map(({ parsed }) => parsed),
    now,
  );
  const steps = nodes.map(
    ({ id, name, authority, parsed }, index): PathStep => ({
      id,
      name,
      subject: shown(formatName(parsed.subject)),
      sha256: parsed.sha256,
      notBefore: parsed.notBefore,
      notAfter: parsed.notAfter,
      authority,
      faults: (faults[index] ?? []).map(({ code, detail }) => ({ code, detail: shown(detail) })),
    }),
  );
  const end = endOf(nodes.at(-1) as IssuerNode, deadEnd);
  const isRooted = end.kind === "own-root" || end.kind === "imported-root";
  return { steps, end, isValid: isRooted && steps.every((step) => step.faults.length === 0) };
}

function endOf({ parsed, authority }: IssuerNode, deadEnd: DeadEnd | null): PathEnd {
  if (deadEnd === null) {
    // Roots of version 1 cannot say that they are authorities.
    if (!parsed.isCa && parsed.version !== 1) return { kind: "self-signed" };
    return { kind: authority === null ? "imported-root" : "own-root" };
  }
  return {
    kind: deadEnd.kind,
    issuer: shown(commonName(parsed.issuer) ?? formatName(parsed.issuer)),
    keyIdentifier: parsed.authorityKeyIdentifier,
    candidates: deadEnd.kind === "unsigned" ? deadEnd.candidates : 0,
  };
}

/** Text out of certificates of others, as far as screens show it. */
const shown = (text: string) => shownText(text, 2_000);

/** Smaller is better. */
function rankOf({ isValid, end }: CertificatePath): number {
  const kinds: PathEnd["kind"][] = ["own-root", "imported-root", "self-signed", "unfinished"];
  const kind = kinds.indexOf(end.kind);
  return (isValid ? 0 : 10) + (kind < 0 ? kinds.length : kind);
}
