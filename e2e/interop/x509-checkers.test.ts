import { beforeAll, describe, expect, test } from "vitest";
import { lintCertificate } from "#lib/x509/lint.ts";
import { FAULTS, makeBroken } from "./x509-broken.ts";
import { CHECKERS, run, type Verdict, withChainFolder } from "./x509-checkers.ts";
import { CONTAINERS } from "./x509-containers.ts";
import { type Kind, makeKinds } from "./x509-kinds.ts";

/** What a version of a checker cannot do, and the words in which it says so. */
interface Inability {
  checker: string;
  kinds: RegExp;
  reason: string;
  evidence: RegExp;
}

const INABILITIES: readonly Inability[] = [
  {
    checker: "openssl -x509_strict",
    kinds: /^ML-DSA/,
    reason: "no ML-DSA before 3.5",
    evidence: /key too weak[\s\S]*decode error/,
  },
  {
    checker: "GnuTLS certtool",
    kinds: /^ML-DSA/,
    reason: "no ML-DSA",
    evidence: /Signature algorithm: 2\.16\.840\.1\.101\.3\.4\.3\.1[789]\n\s+Output: Not verified/,
  },
  {
    checker: "NSS vfychain",
    kinds: /^ML-DSA/,
    reason: "no ML-DSA",
    evidence: /ERROR -8102: Certificate key usage inadequate/,
  },
  {
    checker: "NSS vfychain",
    kinds: /^Ed25519/,
    reason: "no Ed25519",
    evidence: /ERROR -8102: Certificate key usage inadequate/,
  },
];

interface Row {
  kind: string;
  cells: { checker: string; verdict: Verdict; inability?: { reason: string; evidence: RegExp } }[];
}

async function chainRow(kind: Kind): Promise<Row> {
  const cells = [];
  for (const { name, check } of CHECKERS) {
    const inability = INABILITIES.find(({ checker, kinds }) => checker === name && kinds.test(kind.name));
    cells.push({ checker: name, verdict: await check(kind), inability });
  }
  return { kind: kind.name, cells };
}

function print(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ kind }) => kind.length));
  const widths = CHECKERS.map(({ name }) => Math.max(name.length, 28));
  const line = (first: string, others: readonly string[]) =>
    `${first.padEnd(width)} | ${others.map((text, index) => text.padEnd(widths[index] as number)).join(" | ")}`;
  const versions = CHECKERS.map(({ name, version }) => `${name}: ${version}`).join("; ");
  const cell = ({ verdict, inability }: Row["cells"][number]) =>
    verdict.accepted ? "accepted" : inability ? `cannot: ${inability.reason}` : "REFUSED";
  const body = rows.map(({ kind, cells }) => line(kind, cells.map(cell)));
  return [
    versions,
    line(
      "kind",
      CHECKERS.map(({ name }) => name),
    ),
    ...body,
  ].join("\n");
}

let kinds: Kind[] = [];
beforeAll(async () => {
  kinds = await makeKinds();
});

test("every kind of certificate is accepted by every checker, or the checker's version cannot read the kind", async () => {
  const rows: Row[] = [];
  for (const kind of kinds) rows.push(await chainRow(kind));
  for (const container of CONTAINERS)
    rows.push({ kind: container.name, cells: await container.cells(kinds[0] as Kind) });
  process.stdout.write(`\n${print(rows)}\n\n`);
  for (const { kind, cells } of rows) {
    expect(cells.map(({ checker }) => checker)).toEqual(CHECKERS.map(({ name }) => name));
    for (const { checker, verdict, inability } of cells) {
      const where = `${kind} / ${checker}: ${verdict.output}`;
      expect(verdict.accepted, where).toBe(inability === undefined);
      if (inability !== undefined) expect(verdict.output, where).toMatch(inability.evidence);
    }
  }
});

test("our own lint finds nothing in any of them", () => {
  for (const { name, chain } of kinds) {
    for (const [index, { der }] of chain.entries()) {
      expect(lintCertificate(der, { issuer: chain[index + 1]?.der }), name).toEqual([]);
    }
  }
});

function verifyStrictly(chain: readonly { der: Uint8Array }[]): Verdict {
  const args = [
    "verify",
    "-x509_strict",
    "-auth_level",
    "2",
    "-CAfile",
    "root.pem",
    "-untrusted",
    "int.pem",
    "leaf.pem",
  ];
  return withChainFolder(chain, (folder) => run(folder, "openssl", args));
}

describe("a certificate broken in one way is refused by openssl -x509_strict and by our lint", () => {
  test("at least twenty ways are tried", () => {
    expect(FAULTS.filter(({ opensslAccepts }) => !opensslAccepts).length).toBeGreaterThanOrEqual(20);
  });

  test.each(FAULTS.filter(({ opensslAccepts }) => !opensslAccepts))("$name", async (fault) => {
    const { der, chain, issuer, rule } = await makeBroken(fault);
    const verdict = verifyStrictly(chain);
    expect(verdict.accepted, verdict.output).toBe(false);
    const errors = lintCertificate(der, { issuer: issuer.der }).filter(
      ({ severity }) => severity === "error",
    );
    expect(errors.map((finding) => finding.rule)).toContain(rule);
  });
});

describe("our lint also refuses what OpenSSL 3.0 lets pass", () => {
  test.each(FAULTS.filter(({ opensslAccepts }) => opensslAccepts))("$name", async (fault) => {
    const { der, chain, issuer, rule } = await makeBroken(fault);
    const verdict = verifyStrictly(chain);
    expect(verdict.accepted, verdict.output).toBe(true);
    const errors = lintCertificate(der, { issuer: issuer.der }).filter(
      ({ severity }) => severity === "error",
    );
    expect(errors.map((finding) => finding.rule)).toEqual([rule]);
  });
});
