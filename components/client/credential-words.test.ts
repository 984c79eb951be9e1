import { expect, test } from "vitest";
import {
  type CredentialFacts,
  countsNow,
  credentialName,
  credentialPhase,
  credentialState,
} from "#components/client/credential-words.ts";

const now = new Date("2027-01-01T12:00:00Z");
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);

function credential(part: Partial<CredentialFacts> = {}): CredentialFacts {
  return {
    ...{ id: "old", kind: "certificate", sha256: "ab".repeat(32), nameType: "", nameValue: "" },
    ...{ authority: null, certificate: null, startsAt: hours(-9), endsAt: null },
    ...{ revokesAtEnd: false, replacesId: null, lastUsedAt: null },
    ...part,
  };
}

test.each([
  ["active", {}, {}],
  ["active", { endsAt: hours(1) }, {}],
  ["overlap", { endsAt: hours(1) }, { replacesId: "old" }],
  ["active", { endsAt: hours(1) }, { replacesId: "old", endsAt: hours(-1) }],
  ["ended", { endsAt: now }, { replacesId: "old" }],
  ["next", { startsAt: hours(1) }, {}],
] as const)("a credential is %s", (phase, own, other) => {
  const old = credential(own);
  expect(credentialPhase(old, [old, credential({ id: "new", ...other })], now)).toBe(phase);
});

const certificate = { id: "c", displayName: "api", notAfter: hours(-1), revocation: null };

test("an expired certificate counts no more, but its key may go on", () => {
  const dead = credential({ certificate });
  expect(credentialState(dead, [dead], now).word).toBe("certificate expired");
  const key = credential({ kind: "key", certificate });
  expect(credentialState(key, [key], now).word).toBe("counts");
});

test("what has ended, begins later or has a dead certificate does not count", () => {
  const live = credential();
  const others = [
    credential({ certificate }),
    credential({ certificate: { ...certificate, notAfter: hours(1), revocation: { reason: "superseded" } } }),
    credential({ startsAt: hours(1) }),
    credential({ endsAt: hours(-1) }),
    credential({ kind: "key", proof: { standing: "revoked", certificate: null } }),
  ];
  expect([live, ...others].map((each) => countsNow(each, [live, ...others], now))).toEqual([
    ...[true, false, false, false, false, false],
  ]);
});

test("a certificate on hold is told apart from one that is revoked", () => {
  const [held, revoked] = ["certificateHold", "keyCompromise"].map((reason) =>
    credential({ certificate: { ...certificate, revocation: { reason } } }),
  );
  expect(credentialState(held as CredentialFacts, [], now).word).toBe("certificate on hold");
  expect(credentialState(revoked as CredentialFacts, [], now).word).toBe("certificate revoked");
});

test("a credential is called by its certificate, its name, or the beginning of its fingerprint", () => {
  expect(credentialName(credential({ certificate }))).toBe("api");
  expect(credentialName(credential())).toBe("abababababab…");
  const spiffe = { kind: "name", nameType: "uri", nameValue: "spiffe://a/b" };
  expect(credentialName(credential(spiffe))).toBe("URI spiffe://a/b");
});
