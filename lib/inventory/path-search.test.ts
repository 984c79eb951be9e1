import { expect, test } from "vitest";
import { searchPaths } from "#lib/inventory/path-search.ts";
import { readForeignCertificate } from "#lib/x509/certificate-reader.ts";
import { namesEqual } from "#lib/x509/name.ts";
import { type TestIdentity, testAuthority, testLeaf } from "#lib/x509/testdata/issue.ts";

const now = new Date();

const nodeOf = ({ der }: Pick<TestIdentity, "der">) => ({ parsed: readForeignCertificate(der) });

function search(start: TestIdentity, all: readonly TestIdentity[]) {
  const nodes = all.map(nodeOf);
  return searchPaths(
    nodeOf(start),
    async ({ parsed }) => nodes.filter((node) => namesEqual(node.parsed.subject, parsed.issuer)),
    now,
  );
}

test("a chain deeper than anybody builds is not followed to its end", async () => {
  const chain = [await testAuthority({ subject: "CN=level 0" })];
  for (let level = 1; level <= 12; level++) {
    chain.push(await testAuthority({ subject: `CN=level ${level}` }, chain.at(-1)));
  }
  const [path, ...others] = await search(chain.at(-1) as TestIdentity, chain);
  expect(others).toEqual([]);
  expect(path?.nodes).toHaveLength(10);
  expect(path?.deadEnd).toEqual({ kind: "unfinished" });
});

test("a hundred namesakes do not hide the one whose key is named", async () => {
  const root = await testAuthority({ subject: "CN=Same" });
  const leaf = await testLeaf(root);
  const namesakes = await Promise.all(
    Array.from({ length: 100 }, () => testAuthority({ subject: "CN=Same" })),
  );
  const paths = await search(leaf, [...namesakes, root]);
  expect(paths.map(({ deadEnd, nodes }) => [deadEnd, nodes.length])).toEqual([[null, 2]]);
});

test("without a key identifier the work still ends, and says that not all were looked at", async () => {
  const root = await testAuthority({ subject: "CN=Same", notAfter: new Date(Date.now() + 86_400_000) });
  const leaf = await testLeaf(root, { extensions: { authorityKeyIdentifier: undefined } });
  const namesakes = await Promise.all(
    Array.from({ length: 70 }, () => testAuthority({ subject: "CN=Same" })),
  );
  const paths = await search(leaf, [...namesakes, root]);
  expect(paths.map(({ deadEnd }) => deadEnd)).toEqual([{ kind: "unfinished" }]);
});

test("certificates of one key for one name are each a path, up to a bound", async () => {
  const root = await testAuthority({ subject: "CN=Root" });
  const leaf = await testLeaf(root);
  const copies = Array.from({ length: 50 }, () => root);
  expect((await search(leaf, copies)).length).toBeLessThanOrEqual(32);
});
