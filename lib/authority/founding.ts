import { createAuthority } from "#lib/authority/authority-create.ts";
import { type AuthorityInput, INTERMEDIATE_DAYS, ROOT_DAYS } from "#lib/authority/authority-input.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { createProfile } from "#lib/authority/profile-change.ts";
import { FIRST_PROFILES } from "#lib/authority/profile-rules.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import { DomainError } from "#lib/errors.ts";
import type { Installation } from "#lib/installation.ts";
import type { KeyAlgorithm } from "#lib/x509/key-algorithm.ts";

/** What set-up asks; every field but the organisation has a good default. */
export interface FoundingInput {
  organisation: string;
  rootName?: string;
  keyAlgorithm?: KeyAlgorithm;
  /** Lifetimes in years of 365 days. */
  rootYears?: number;
  intermediateYears?: number;
  /** DNS suffixes to which all authorities are limited; none for no limit. */
  nameConstraints?: readonly string[];
}

export interface Founded {
  rootId: string;
  serverAuthorityId: string;
  clientAuthorityId: string;
  workloadAuthorityId: string;
}

/**
 * Makes the first root, its intermediates and the first profiles: servers and clients apart, so
 * that a certificate of the one kind can never be taken for the other, and one authority for
 * workloads that are both. May be called again after an interruption: it goes on where it stopped.
 *
 * @throws DomainError naming the field
 */
export async function foundAuthorities(
  installation: Installation,
  actor: Actor,
  input: FoundingInput,
): Promise<Founded> {
  authorize(actor, "authority:create");
  const { keyAlgorithm = "ecdsa-p256", rootYears = ROOT_DAYS / 365, nameConstraints = [] } = input;
  const { intermediateYears = INTERMEDIATE_DAYS / 365, organisation } = input;
  if (intermediateYears > rootYears) {
    throw new DomainError("policyViolation", "The intermediates cannot live longer than the root.", {
      violations: [
        {
          field: "intermediateYears",
          rule: "authority.notAfter",
          detail: "The intermediates cannot live longer than the root.",
        },
      ],
    });
  }
  const prefix = organisation.trim() === "" ? "" : `${organisation.trim()} `;
  const common = { organisation, keyAlgorithm, excluded: [] };

  const rootId = await once(installation, actor, {
    ...common,
    name: input.rootName ?? nameOf(prefix, "Root CA"),
    days: Math.round(rootYears * 365),
    parentId: null,
    purposes: ["server", "client"],
    pathLength: 1,
    permitted: nameConstraints.map((value) => ({ type: "dns", value })),
  });
  const intermediate = (label: string, purposes: AuthorityInput["purposes"]) =>
    once(installation, actor, {
      ...common,
      name: nameOf(prefix, label),
      days: Math.round(intermediateYears * 365),
      parentId: rootId,
      purposes,
      pathLength: 0,
      permitted: [],
    });
  const authorities = {
    server: await intermediate("Server CA", ["server"]),
    client: await intermediate("Client CA", ["client"]),
    workload: await intermediate("Workload CA", ["server", "client"]),
  };
  for (const profile of [...FIRST_PROFILES, LISTENER_PROFILE]) {
    const present = await installation.database.read.certificateProfile.count({
      where: { slug: profile.slug },
    });
    if (present > 0) continue;
    await createProfile(installation, actor, {
      slug: profile.slug,
      name: profile.name,
      description: profile.description,
      authorityId: authorities[profile.authority],
      rules: profile.rules,
    });
  }
  return {
    rootId,
    serverAuthorityId: authorities.server,
    clientAuthorityId: authorities.client,
    workloadAuthorityId: authorities.workload,
  };
}

/** Whether there is an authority yet: set-up's second half is done. */
export async function hasAuthorities(installation: Installation): Promise<boolean> {
  // The listener's profile is made last.
  return (
    (await installation.database.read.certificateProfile.count({ where: { slug: LISTENER_PROFILE.slug } })) >
    0
  );
}

/** Creates the authority unless one of this name stands at this place already. */
async function once(installation: Installation, actor: Actor, input: AuthorityInput): Promise<string> {
  const present = await installation.database.read.authority.findFirst({
    where: { name: input.name, parentId: input.parentId },
    select: { id: true },
  });
  return present?.id ?? createAuthority(installation, actor, input);
}

/** ub-common-name is 64 characters (RFC 5280 appendix A.1): a long organisation is cut, not refused. */
function nameOf(prefix: string, label: string): string {
  return `${prefix.slice(0, 64 - label.length - 1).trimEnd()} ${label}`.trim();
}
