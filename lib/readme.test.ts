import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SETTINGS } from "#lib/config.ts";

test("the README's table lists every setting with its default and meaning", () => {
  const readme = readFileSync("README.md", "utf8");
  const table = /<!-- settings -->\n([\s\S]*?)<!-- \/settings -->/.exec(readme)?.[1];
  // When a setting has changed: put the expected table below into the README.
  expect(table?.trim()).toBe(settingsTable());
});

function settingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, schema]) => {
    const { data } = schema.safeParse(undefined);
    const shown = Array.isArray(data) ? data.join(",") : String(data ?? "");
    return `| \`${name}\` | ${shown === "" ? "" : `\`${shown}\``} | ${schema.description} |`;
  });
  return ["| setting | default | meaning |", "|---|---|---|", ...rows].join("\n");
}
