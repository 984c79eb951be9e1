/**
 * Content hashes by which the bootstrap knows that a step need not be done again. Contents, not
 * times: a fresh clone and a switched branch change times without changing anything.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * @param {string} root absolute path of the project
 * @param {string[]} paths files and folders below it; missing ones count as empty
 * @param {string} [also] further text that the result depends on
 * @returns {string} SHA-256 over names and contents, hexadecimal
 */
export function fingerprintOf(root, paths, also = "") {
  const hash = createHash("sha256").update(also);
  for (const path of paths) {
    for (const file of filesBelow(root, path)) {
      const bytes = readFileSync(join(root, file));
      hash.update(`\0${file}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest("hex");
}

/** Every file except tests and what is generated, in a fixed order. */
function filesBelow(root, path) {
  const absolute = join(root, path);
  if (!existsSync(absolute)) return [];
  if (statSync(absolute).isFile()) return [path];
  return readdirSync(absolute, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = `${path}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(root, inner);
      return /\.test\.tsx?$/.test(entry.name) ? [] : [inner];
    });
}

/**
 * @param {string} file the stamp's absolute path
 * @returns {string | undefined} the fingerprint of the last complete run
 */
export function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).fingerprint;
  } catch {
    // Missing, or cut off by a crash: both mean that the step has to be done.
    return undefined;
  }
}

/** Says that a step was done completely. */
export function writeStamp(file, fingerprint) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ fingerprint })}\n`);
}

/** Before a step begins, so that a half-finished one is repaired next time. */
export function removeStamp(file) {
  rmSync(file, { force: true });
}
