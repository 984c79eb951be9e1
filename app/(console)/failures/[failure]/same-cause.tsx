import Link from "next/link";
import { failuresHref, readAddress } from "#components/failures/failure-address.ts";
import { boundedWords } from "#components/failures/failure-words.ts";
import { harmless } from "#components/ui/harmless-text.ts";
import type { UserActor } from "#lib/authorization/actor.ts";
import { COUNTED_MAX, countFailures } from "#lib/handshake/failure-list.ts";
import type { ShownFailure } from "#lib/handshake/failure-read.ts";
import { installation } from "#lib/installation.ts";

/** That the same fails for others at that proxy: then it is mended there once for all of them. */
export async function SameCause({ actor, failure }: { actor: UserActor; failure: ShownFailure }) {
  const { cause, proxy, state } = failure;
  if (proxy === null) return null;
  const open = await countFailures(installation(), actor, { cause, proxy: proxy.slug });
  // A count that was cut off is no number to subtract from.
  const others = open > COUNTED_MAX || state !== "open" ? open : open - 1;
  if (others < 1) return null;
  return (
    <p className="mt-3 border-line border-t pt-3">
      {others === 1
        ? "Another failure is open"
        : `${boundedWords(others, COUNTED_MAX)} other failures are open`}{" "}
      at {harmless(proxy.name)} for the same cause.{" "}
      <Link
        href={failuresHref(readAddress({}), { cause, proxy: proxy.slug })}
        prefetch={false}
        className="text-link"
      >
        See them together
      </Link>
    </p>
  );
}
