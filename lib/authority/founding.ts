import { createAuthority } from "#lib/authority/authority-create.ts";
import { type AuthorityInput, INTERMEDIATE_DAYS, ROOT_DAYS } from "#lib/authority/authority-input.ts";
import { LISTENER_PROFILE } from "#lib/authority/listener-profile.ts";
import { createProfile } from "#lib/authority/profile-change.ts";
import { FIRST_PROFILES } from "#lib/authority/profile-rules.ts";
import type { Actor } from "#lib/authorization/actor.ts";
import { authorize } from "#lib/authorization/authorize.ts";
import type { Transaction } from "#lib/database.ts";
import { policyViolation } from "#lib/errors.ts";
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

const ROOT_YEARS = ROOT_DAYS / 365;
const INTERMEDIATE_YEARS = INTERMEDIATE_DAYS / 365;

export interface Founded {
  rootId: string;
  serverAuthorityId: string;
  clientAuthorityId: string;
  workloadAuthorityId: string;
}

/**
 * Makes the first root, its intermediates and the first profiles: servers and clients apart, so
 * that a certificate of the one kind can never be taken for the other, and one authority for
 * workloads that are both. May be called again after an interruption, or by two admins at once: it goes on
 * where it stopped, with what was asked when the root was made.
 *
 * @throws DomainError naming the field
 */
export async function foundAuthorities(
  installation: Installation,
  actor: Actor,
  asked: FoundingInput,
): Promise<Founded> {
  authorize(actor, "authority:create");
  const { rootId, input } = await begin(installation, actor, asked);
  const { intermediateYears = INTERMEDIATE_YEARS } = input;
  const intermediate = (label: string, purposes: AuthorityInput["purposes"]) =>
    once(installation, actor, {
      ...commonTo(input),
      name: nameOf(input, label),
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
    if (await hasProfile(installation, profile.slug)) continue;
    try {
      await createProfile(installation, actor, {
        slug: profile.slug,
        name: profile.name,
        description: profile.description,
        authorityId: authorities[profile.authority],
        rules: profile.rules,
      });
    } catch (error) {
      if (!(await hasProfile(installation, profile.slug))) throw error;
    }
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
  return hasProfile(installation, LISTENER_PROFILE.slug);
}

async function hasProfile(installation: Installation, slug: string): Promise<boolean> {
  return (await installation.database.read.certificateProfile.count({ where: { slug } })) > 0;
}

/** The root, and what was asked when it was made. */
interface Beginning {
  rootId: string;
  input: FoundingInput;
}

/** Key of the setting that holds the Beginning. */
const FOUNDING = "founding";

/** Makes the root and notes what was asked in the same transaction, or finds that this was done already. */
async function begin(installation: Installation, actor: Actor, input: FoundingInput): Promise<Beginning> {
  const { read } = installation.database;
  const present = await readBeginning(read);
  if (present !== null) return present;
  const { rootYears = ROOT_YEARS, intermediateYears = INTERMEDIATE_YEARS, nameConstraints = [] } = input;
  if (intermediateYears > rootYears) {
    throw policyViolation(
      "intermediateYears",
      "authority.notAfter",
      "The intermediates cannot live longer than the root.",
    );
  }
  const root: AuthorityInput = {
    ...commonTo(input),
    name: input.rootName ?? nameOf(input, "Root CA"),
    days: Math.round(rootYears * 365),
    parentId: null,
    purposes: ["server", "client"],
    pathLength: 1,
    permitted: nameConstraints.map((value) => ({ type: "dns", value })),
  };
  try {
    const rootId = await createAuthority(installation, actor, root, async (transaction, id) => {
      if ((await readBeginning(transaction)) !== null) throw new MadeMeanwhile();
      const value = JSON.stringify({ rootId: id, input } satisfies Beginning);
      await transaction.setting.create({ data: { key: FOUNDING, value } });
    });
    return { rootId, input };
  } catch (error) {
    const faster = error instanceof MadeMeanwhile ? await readBeginning(read) : null;
    if (faster === null) throw error;
    return faster;
  }
}

async function readBeginning(reader: Pick<Transaction, "setting">): Promise<Beginning | null> {
  const row = await reader.setting.findUnique({ where: { key: FOUNDING } });
  return row === null ? null : (JSON.parse(row.value) as Beginning);
}

/** Creates the intermediate unless one of this name stands at this place already. */
async function once(installation: Installation, actor: Actor, input: AuthorityInput): Promise<string> {
  const where = { name: input.name, parentId: input.parentId };
  const present = () => installation.database.read.authority.findFirst({ where, select: { id: true } });
  const before = await present();
  if (before !== null) return before.id;
  try {
    return await createAuthority(installation, actor, input, async (transaction) => {
      if ((await transaction.authority.count({ where })) > 0) throw new MadeMeanwhile();
    });
  } catch (error) {
    const faster = error instanceof MadeMeanwhile ? await present() : null;
    if (faster === null) throw error;
    return faster.id;
  }
}

/** Rolls back what somebody else has made while our key was made; never leaves this file. */
class MadeMeanwhile extends Error {}

const commonTo = ({ organisation, keyAlgorithm = "ecdsa-p256" }: FoundingInput) => ({
  organisation,
  keyAlgorithm,
  excluded: [],
});

/** ub-common-name is 64 characters (RFC 5280 appendix A.1): a long organisation is cut, not refused. */
function nameOf({ organisation }: FoundingInput, label: string): string {
  const prefix = organisation.trim();
  return `${prefix.slice(0, 64 - label.length - 1).trimEnd()} ${label}`.trim();
}
