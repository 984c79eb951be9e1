import { expect, test } from "vitest";
import { proofErrors } from "#components/client/proof-errors.ts";

const refused = (field: string, detail: string) =>
  proofErrors({ message: "", violations: [{ field, rule: "r", detail }] }, { "client.name": "Name" });

test("a finding stands at its control, wherever the proof stood in what was sent", () => {
  const detail = "is no DNS name";
  const expected = [{ message: "Name is no DNS name", fieldId: "nameValue" }];
  expect(refused("nameValue", `nameValue: ${detail}`)).toEqual(expected);
  expect(refused("credential.nameValue", `credential.nameValue: ${detail}`)).toEqual(expected);
});

test("a finding about a fingerprint stands where the certificate is chosen", () => {
  expect(refused("credential.sha256", "The key is that of api.")).toEqual([
    { message: "The key is that of api.", fieldId: "existing-certificate" },
  ]);
});

test("the other fields of the form keep their controls", () => {
  expect(refused("client.name", "client.name: needs a name")).toEqual([
    { message: "Name needs a name", fieldId: "client.name" },
  ]);
});
