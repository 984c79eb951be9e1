import { expect, test } from "vitest";
import { type AttentionFacts, attentionItems } from "#components/home/attention-items.ts";
import type { AuthorityView } from "#lib/authority/authority-read.ts";

const now = new Date("2026-06-01T00:00:00Z");
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);

const authority = (change: Partial<AuthorityView> = {}): AuthorityView => ({
  id: "a",
  slug: "client-ca",
  name: "Client CA",
  kind: "intermediate",
  parentId: "root",
  status: "active",
  refused: null,
  purposes: ["client"],
  nameConstraints: null,
  pathLength: 0,
  keyAlgorithm: "ecdsa-p256",
  keyLocation: "sealed",
  certificateId: "c",
  subject: "CN=Client CA",
  serial: "01",
  sha256: "00",
  notBefore: days(-100),
  notAfter: days(1725),
  version: 1,
  createdAt: days(-100),
  ...change,
});

const nothing = { certificates: [], more: false, checkedUntil: null };
const wellKept: AttentionFacts = {
  now,
  authorities: [authority()],
  listeners: [
    {
      plane: "protocol",
      certificate: { id: "l", notAfter: days(20), renewAt: days(10) },
      overdue: false,
      missingNames: [],
    },
  ],
  unrenewed: { ending: nothing, expired: nothing },
  interrupted: { count: 0, names: [], newestAt: null },
  access: {
    learning: [],
    unused: { things: [], count: 0, more: false },
    ending: { things: [], count: 0, more: false },
    outages: [],
    proxies: [],
  },
  failures: { worst: [], open: 0 },
  revocation: { crls: [], responders: [], sources: [], holds: { holds: [], count: 0, more: false } },
  masterKey: { origin: "environment", backup: null },
  own: { hasApp: true, passkeys: 0 },
  activeAdmins: 2,
  may: { seeAudit: true, createAuthority: true, manageServices: true },
};

const ids = (change: Partial<AttentionFacts>) =>
  attentionItems({ ...wellKept, ...change }).map(({ id, tone }) => `${tone} ${id}`);

const unrenewed = (concern: "due" | "urgent" | "expired", id: string = concern) => ({
  id,
  displayName: `${id}.example`,
  notBefore: days(-90),
  notAfter: days(5),
  requestedBy: "x",
  concern,
});

test("an installation that is kept well needs nobody", () => {
  expect(ids({})).toEqual([]);
});

test.each<[string, Partial<AttentionFacts>, string]>([
  ["no authority", { authorities: [], listeners: [] }, "warn set-up"],
  [
    "an authority near its end",
    { authorities: [authority({ notAfter: days(20), notBefore: days(-1805) })] },
    "critical authority-a",
  ],
  [
    "an intermediate to be planned",
    { authorities: [authority({ notAfter: days(170), notBefore: days(-1655) })] },
    "info authority-a",
  ],
  [
    "a listener without certificate",
    { listeners: [{ plane: "protocol", certificate: null, overdue: false, missingNames: [] }] },
    "critical listener-protocol",
  ],
  [
    "a listener not renewed",
    {
      listeners: [
        {
          plane: "console",
          certificate: { id: "l", notAfter: days(5), renewAt: days(-1) },
          overdue: true,
          missingNames: [],
        },
      ],
    },
    "critical listener-console",
  ],
  [
    "a listener that lacks a name",
    {
      listeners: [
        {
          plane: "protocol",
          certificate: { id: "l", notAfter: days(5), renewAt: days(1) },
          overdue: false,
          missingNames: ["a.example"],
        },
      ],
    },
    "warn listener-protocol",
  ],
  ["a master key that may exist once", { masterKey: { origin: "made", backup: null } }, "warn master-key"],
  ["a password alone", { own: { hasApp: false, passkeys: 0 } }, "warn own-account"],
  ["a single admin", { activeAdmins: 1 }, "info second-admin"],
  ["interruptions", { interrupted: { count: 7, names: ["a", "b", "c"], newestAt: now } }, "info interrupted"],
])("%s is told", (_, change, expected) => {
  expect(ids(change)).toEqual([expected]);
});

test("a noted copy of the master key, a passkey and unseen people are no findings", () => {
  expect(
    ids({
      masterKey: { origin: "made", backup: { by: "ada", at: now } },
      own: { hasApp: false, passkeys: 1 },
      activeAdmins: null,
    }),
  ).toEqual([]);
});

test("a retired authority and one made a minute ago are no findings", () => {
  expect(ids({ authorities: [authority({ status: "retired", notAfter: days(3) })] })).toEqual([]);
  expect(
    ids({
      authorities: [authority({ createdAt: new Date(now.getTime() - 60_000) })],
      listeners: [{ plane: "protocol", certificate: null, overdue: false, missingNames: [] }],
    }),
  ).toEqual([]);
});

test("certificates are grouped by urgency, named, and counted as far as the search went", () => {
  const items = attentionItems({
    ...wellKept,
    unrenewed: {
      expired: { ...nothing, certificates: [unrenewed("expired")] },
      ending: {
        certificates: [
          unrenewed("urgent"),
          ...Array.from({ length: 7 }, (_, n) => unrenewed("due", `due-${n}`)),
        ],
        more: true,
        checkedUntil: null,
      },
    },
  });
  expect(items.map(({ title }) => title)).toEqual([
    "1 certificate expired without being renewed",
    "1+ certificates about to expire, not renewed",
    "7+ certificates due for renewal",
  ]);
  expect(items[2]?.things).toHaveLength(5);
});

test("nothing found is not all clear when not everything was looked at", () => {
  const ending = { certificates: [], more: true, checkedUntil: days(1) };
  expect(ids({ unrenewed: { ending, expired: nothing } })).toEqual(["info unchecked"]);
});

test("the most urgent comes first", () => {
  const tones = attentionItems({
    ...wellKept,
    activeAdmins: 1,
    own: { hasApp: false, passkeys: 0 },
    unrenewed: { ending: nothing, expired: { ...nothing, certificates: [unrenewed("expired")] } },
  }).map(({ tone }) => tone);
  expect(tones).toEqual(["critical", "warn", "info"]);
});

test("nobody is led to what they may not do", () => {
  const items = attentionItems({
    ...wellKept,
    authorities: [authority({ notAfter: days(20) })],
    interrupted: { count: 1, names: ["a"], newestAt: now },
    masterKey: { origin: "made", backup: null },
    may: { seeAudit: false, createAuthority: false, manageServices: false },
  });
  expect(items.map(({ fix }) => fix?.href ?? null)).toEqual(["/authorities/client-ca", null, null]);
});
