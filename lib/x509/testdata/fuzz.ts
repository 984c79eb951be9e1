import fc from "fast-check";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";

/** Parameters of every fuzz test: the run's printed seed, and as many runs as the run's size says. */
export function fuzzParameters(share = 1): fc.Parameters<unknown> {
  return {
    numRuns: Math.max(1, Math.round(FUZZ_RUNS * share)),
    seed: SEED,
    verbose: fc.VerbosityLevel.Verbose,
  };
}

/** A sound document with some octets changed, dropped, doubled or cut off. */
export function mutated(sound: Uint8Array): fc.Arbitrary<Uint8Array> {
  const position = fc.nat({ max: sound.length - 1 });
  const edit = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), at: position, octet: fc.nat({ max: 255 }) }),
    fc.record({ kind: fc.constant("drop" as const), at: position, octet: fc.nat({ max: 8 }) }),
    fc.record({ kind: fc.constant("double" as const), at: position, octet: fc.nat({ max: 64 }) }),
    fc.record({ kind: fc.constant("cut" as const), at: position, octet: fc.constant(0) }),
  );
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    const octets = [...sound];
    for (const { kind, at, octet } of edits) {
      if (kind === "set") octets[Math.min(at, octets.length - 1)] = octet;
      else if (kind === "drop") octets.splice(at, octet);
      else if (kind === "double") octets.splice(at, 0, ...octets.slice(at, at + octet));
      else octets.length = Math.min(at, octets.length);
    }
    return Uint8Array.from(octets);
  });
}
