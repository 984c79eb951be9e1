import { expect, test } from "vitest";
import { requireSameOrigin } from "#lib/web/same-origin.ts";

const ask = (headers: Record<string, string>) => () =>
  requireSameOrigin(
    new Request("http://localhost:3000/x", { method: "POST", headers }),
    "https://pki.example",
  );

test.each<Record<string, string>>([
  { origin: "https://pki.example" },
  { origin: "http://localhost:3000", host: "localhost:3000" },
])("a request of our own page passes: %j", (headers) => {
  expect(ask(headers)).not.toThrow();
});

test.each<Record<string, string>>([
  {},
  { origin: "null" },
  { origin: "https://evil.example" },
  { origin: "https://pki.example.evil.example" },
  { origin: "http://localhost:3001", host: "localhost:3000" },
])("any other is refused: %j", (headers) => {
  expect(ask(headers)).toThrow(expect.objectContaining({ code: "forbidden" }));
});
