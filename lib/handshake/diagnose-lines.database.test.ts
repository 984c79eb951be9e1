import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { mutatedLine } from "#e2e/fixtures/mutated-line.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { diagnoseLines } from "./diagnose-lines.ts";
import { LINE_MAX } from "./observation.ts";
import { readLines } from "./read-lines.ts";
import { corpusRows } from "./testdata/corpus.ts";

const viewer = testActor("viewer");
let here: TestInstallation;

beforeAll(async () => {
  here = await testInstallation();
});
afterAll(() => here.close());

const SAMPLES = corpusRows().flatMap(({ lines }) => lines);

test("whatever lines say, the databases can be asked for it, and a diagnosis comes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(mutatedLine(SAMPLES), { minLength: 1, maxLength: 8 }),
      fc.constantFrom("auto", "nginx", "haproxy", "apache", "caddy"),
      async (texts, proxy) => {
        const { lines } = readLines(Buffer.from(texts.join("\n")), {
          ...{ contentType: "text/plain", linesMax: 1_000 },
        });
        const { handshakes, counts } = await diagnoseLines(here, viewer, lines, { proxy });
        const { taken, matched, ignored, notUnderstood } = counts;
        expect([taken, matched + ignored + notUnderstood]).toEqual([lines.length, lines.length]);
        expect(handshakes.flatMap((each) => each.lines).sort()).toHaveLength(matched);
        for (const { diagnosis } of handshakes) {
          expect(diagnosis.candidates[0]).toBe(diagnosis.cause);
          for (const { text } of diagnosis.evidence) expect(text.length).toBeLessThan(LINE_MAX);
        }
      },
    ),
    { seed: SEED, numRuns: FUZZ_RUNS },
  );
}, 120_000);

test("names, serial numbers and ends that no certificate has are looked for in vain", async () => {
  const serial = (text: string) =>
    JSON.stringify({
      ...{ time: "2026-02-03T04:05:06Z", remote_addr: "192.0.2.7", status: 400 },
      ...{ ssl_client_verify: "FAILED:certificate has expired", ssl_protocol: "TLSv1.3" },
      ...{ ssl_client_serial: text, ssl_client_s_dn: `CN=${text}`, ssl_client_i_dn: `O=\\00${text},OU=%` },
    });
  const strange = [
    "",
    "0",
    "00",
    "-1",
    "f".repeat(5_000),
    "\u0000",
    "%",
    "'; --",
    "\ud800",
    "\u202e",
    "x".repeat(600),
  ];
  const ends = ["0001-01-01", "1969-12-31", "9999-12-31", "275760-09-13", "-000001-01-01"].map((day) =>
    JSON.stringify({
      ...{ level: "debug", ts: 1770091506.1, logger: "http.stdlib" },
      msg: `http: TLS handshake error from 192.0.2.8:50001: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-02-03T04:05:06Z is after ${day}T00:00:00Z`,
    }),
  );
  const { counts } = await diagnoseLines(here, viewer, [...strange.map(serial), ...ends], { proxy: "auto" });
  expect(counts.taken).toBe(strange.length + ends.length);
});
