import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** The niceness of a process that began with one, and then stood back. */
function nicenessAfter(before: number): number {
  const script = `
    const { getPriority, setPriority } = await import("node:os");
    setPriority(${before});
    if (process.getuid?.() === 0) process.setuid(65534);
    const { standBack } = await import("#lib/server/stand-back.ts");
    standBack();
    process.stdout.write(String(getPriority()));`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }));
}

test.each([
  [0, 10],
  [10, 10],
  [15, 15],
])("whoever begins at %i stands at %i then, also without rights", (before, after) => {
  expect(nicenessAfter(before)).toBe(after);
});
