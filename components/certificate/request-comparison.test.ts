import { expect, test } from "vitest";
import { compareRequest } from "#components/certificate/request-comparison.ts";
import type { Preview } from "#lib/authority/issue.ts";
import type { Extension } from "#lib/x509/extension-reader.ts";

const SPKI = new Uint8Array();
const cn = (value: string) => [[{ type: "2.5.4.3", value }]];
const extension = (name: string, value: Extension["value"] = null): Extension => ({
  oid: "1.2.3",
  name,
  critical: false,
  der: SPKI,
  value,
});

function preview(changes: {
  extensions?: Extension[];
  adjustments?: Preview["plan"]["adjustments"];
}): Preview {
  return {
    asked: {
      subject: cn("api.example"),
      names: [],
      key: "ECDSA P-256",
      extensions: changes.extensions ?? [],
    },
    plan: {
      spki: SPKI,
      keyAlgorithm: "ecdsa-p256",
      subject: cn("api.example"),
      names: [{ type: "dns", value: "api.example" }],
      notBefore: new Date("2026-01-01T00:00:00Z"),
      notAfter: new Date("2026-04-01T00:00:00Z"),
      usages: ["server"],
      adjustments: changes.adjustments ?? [],
    },
  };
}
const row = (input: Preview, label: string) =>
  compareRequest(input, "Server").find((each) => each.label === label);

test("every adjustment stands beside what it changed, with its reason", () => {
  const rows = preview({
    adjustments: [{ field: "names", asked: "none", issued: "dns:api.example", reason: "It is copied." }],
  });
  expect(row(rows, "Alternative names")).toEqual({
    label: "Alternative names",
    asked: [],
    issued: ["dns:api.example"],
    reason: "It is copied.",
  });
  expect(row(rows, "Subject")?.reason).toBeNull();
});

test("a use that the profile does not give is said, one that it gives is not", () => {
  const asking = (...purposes: string[]) =>
    row(
      preview({ extensions: [extension("extendedKeyUsage", { kind: "extendedKeyUsage", purposes })] }),
      "Uses",
    );
  expect(asking("serverAuth")?.reason).toBeNull();
  expect(asking("clientAuth")?.reason).toContain("Server decides");
  expect(asking("serverAuth", "clientAuth")?.reason).toContain("Server decides");
  expect(row(preview({}), "Uses")?.reason).toBeNull();
});

test("extensions that are not granted are named", () => {
  expect(row(preview({}), "Other extensions")).toBeUndefined();
  expect(row(preview({ extensions: [extension("keyUsage")] }), "Other extensions")?.asked).toEqual([
    "keyUsage",
  ]);
});
