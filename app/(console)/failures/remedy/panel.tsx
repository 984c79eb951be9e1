import { Remedy } from "#components/failures/remedy.tsx";
import type { UserActor } from "#lib/authorization/actor.ts";
import { installation } from "#lib/installation.ts";
import { renewForSameKey } from "../../certificates/[certificate]/actions.ts";
import { addGrant } from "../../clients/actions.ts";
import { admit } from "../../clients/callers/actions.ts";
import { publishCrls } from "./actions.ts";
import { type RemedyQuestion, remedyFacts } from "./facts.ts";

/** How a failure is mended, with the button that does it. */
export async function RemedyPanel({ actor, question }: { actor: UserActor; question: RemedyQuestion }) {
  return (
    <Remedy
      facts={await remedyFacts(installation(), actor, question)}
      actions={{ renew: renewForSameKey, admit, grant: addGrant, publish: publishCrls }}
      isStored
    />
  );
}
