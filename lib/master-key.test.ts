import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadMasterKey } from "#lib/master-key.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-master-key-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = randomBytes(32);
const base64 = bytes.toString("base64");
const isRoot = process.getuid?.() === 0;

function keyFile(name: string, mode: number, owner: "root" | "somebody"): string {
  const file = join(folder, name);
  writeFileSync(file, `${base64}\n`);
  chmodSync(file, mode);
  if (isRoot) chownSync(file, owner === "root" ? 0 : 65_534, 65_534);
  return file;
}

test("a key is the same in base64 and hex, in a setting and a file", () => {
  const file = keyFile("good", 0o600, "somebody");
  const checks = [
    { text: base64 },
    { text: ` ${bytes.toString("hex")}\n` },
    { file, create: false },
    { file, create: true },
  ].map((setting) => loadMasterKey(setting).check());
  expect(new Set(checks).size).toBe(1);
});

test.each([
  ["a character that is not base64", `${base64.slice(0, 20)}*${base64.slice(20)}`],
  ["a space inside", `${base64.slice(0, 20)} ${base64.slice(20)}`],
  ["something after its end", `${base64}rubbish`],
  ["no padding", base64.slice(0, -1)],
  ["too few bytes", randomBytes(31).toString("base64")],
  ["nothing in it", ""],
])("a key with %s is refused", (_, text) => {
  expect(() => loadMasterKey({ text })).toThrow("is not 32 bytes in base64 or hex");
});

test.each([0o640, 0o660, 0o604, 0o644, 0o444])("a key file that others can read is refused: %o", (mode) => {
  const file = keyFile(`open-${mode}`, mode, "somebody");
  for (const create of [false, true]) {
    expect(() => loadMasterKey({ file, create })).toThrow("can be read or changed by others");
  }
});

test.skipIf(!isRoot)(
  "a key file of root may be read by others, as mounted secrets are, and changed by nobody else",
  () => {
    const load = (mode: number) =>
      loadMasterKey({ file: keyFile(`root-${mode}`, mode, "root"), create: false });
    expect(load(0o440).origin).toBe("file");
    for (const mode of [0o640, 0o444, 0o644]) expect(load(mode).origin).toBe("file");
    for (const mode of [0o660, 0o646, 0o666])
      expect(() => load(mode)).toThrow("can be read or changed by others");
  },
);

test("a key file is made once, for its owner alone, and read again", () => {
  const file = join(folder, "new", "master.key");
  const made = loadMasterKey({ file, create: true });
  expect(made.origin).toBe("made");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(loadMasterKey({ file, create: true }).check()).toBe(made.check());
  expect(readdirSync(join(folder, "new"))).toEqual(["master.key"]);
});

test("no empty key file is left when it cannot be written to its end", () => {
  const file = join(folder, "full", "master.key");
  const module = join(process.cwd(), "lib/master-key.ts");
  const script = `import { loadMasterKey } from ${JSON.stringify(module)}; loadMasterKey(${JSON.stringify({ file, create: true })});`;
  const { status } = spawnSync(
    "sh",
    ["-c", 'ulimit -f 0; exec "$0" --input-type=module -e "$1"', process.execPath, script],
    { stdio: "ignore" },
  );
  expect(status).not.toBe(0);
  expect(readdirSync(join(folder, "full"))).toEqual([]);
});
