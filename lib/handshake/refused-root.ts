import { keysOf, pathAbove } from "./authority-path.ts";
import { candidateName } from "./candidate-name.ts";
import { certain, oneOf, type Verdict } from "./diagnosis.ts";
import type { DiagnosisContext } from "./diagnosis-context.ts";
import { rootName, unknownRoot } from "./missing-issuer.ts";

/** "Self-signed certificate in certificate chain": the client sent its root, and the proxy does not trust that one. */
export function refusedRoot({ leaf, failing, inventory }: DiagnosisContext): Verdict {
  const issuer = leaf?.issuer ?? failing?.issuer ?? null;
  if (issuer === null) {
    return oneOf(
      ["issuer-unknown", "trust-anchor-rekeyed"],
      [],
      "Who issued the certificate that the client presented?",
    );
  }
  const path = pathAbove(issuer, inventory);
  const root = path.levels.at(-1) ?? [];
  switch (path.standing) {
    case "stranger":
      return certain("issuer-unknown", ["No authority of that name is in the inventory."]);
    case "foreign":
      return certain("issuer-unknown", [`${rootName(path)} is not among the roots that the proxy trusts.`]);
    case "trusted":
      return keysOf(root) > 1
        ? certain("trust-anchor-rekeyed", [
            `${keysOf(root)} roots with different keys are called ${rootName(path)}.`,
          ])
        : oneOf(["trust-anchor-rekeyed", "issuer-unknown"], [`The proxy should trust ${rootName(path)}.`]);
    default:
      return unknownRoot(root);
  }
}

/** Go found an authority of the right name whose key did not make the signature. */
export function rekeyedAuthority(words: string, { inventory }: DiagnosisContext): Verdict {
  const name = candidateName(words);
  const authorities = name === null ? [] : inventory.authoritiesByCommonName(name);
  if (keysOf(authorities) > 1) {
    return certain("trust-anchor-rekeyed", [
      `${keysOf(authorities)} authorities with different keys are called ${name}.`,
    ]);
  }
  return oneOf(
    ["trust-anchor-rekeyed", "issuer-unknown"],
    authorities.length === 0 ? [] : [`${name} is known here with one key.`],
    "Did that authority get a new key under its old name?",
  );
}
