import { expect, test } from "vitest";
import { DomainError, malformed } from "#lib/errors.ts";
import { PROBLEMS, problemFrom } from "#lib/web/problem.ts";

test("an unexpected error tells its id and nothing of itself (RFC 9457 §5)", () => {
  const problem = problemFrom(new Error("SELECT secret FROM /root/file"), "r-1");
  expect(problem).toMatchObject({ status: 500, type: "urn:countersign:problem:unexpected" });
  expect(JSON.stringify(problem)).not.toMatch(/SELECT|root/);
  expect(problem.detail).toContain("r-1");
});

test("a domain error keeps its sentence and names the field and the rule", () => {
  const problem = problemFrom(malformed("csr", "pkcs10.signature", "The signature is wrong."), "r-2");
  expect(problem).toMatchObject({
    status: 400,
    detail: "The signature is wrong.",
    violations: [{ field: "csr", rule: "pkcs10.signature" }],
  });
});

test("the cause of a domain error stays inside", () => {
  const error = new DomainError("conflict", "Changed meanwhile.", { cause: new Error("row 7") });
  expect(JSON.stringify(problemFrom(error, "r-3"))).not.toContain("row 7");
});

test("every kind answers with a status that blames the right side", () => {
  for (const [code, { status, title }] of Object.entries(PROBLEMS)) {
    expect(title).not.toBe("");
    const ours = code === "unexpected" || code === "unavailable";
    expect(status >= 500).toBe(ours);
  }
});
