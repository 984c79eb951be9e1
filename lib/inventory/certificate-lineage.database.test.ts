import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { getCertificate } from "#lib/inventory/certificate-read.ts";

const admin = testActor("admin");
const MEMBERS = 250;
let installation: TestInstallation;

const idAt = (place: number) => `m${String(place).padStart(3, "0")}`;

/** Daily renewals of one certificate; two at a time are made in the same moment. */
beforeAll(async () => {
  installation = await testInstallation();
  await foundAuthorities(installation, admin, { organisation: "Example" });
  const { body } = await installation.database.read.certificate.findFirstOrThrow();
  await installation.database.write((transaction) =>
    transaction.certificate.createMany({
      data: Array.from({ length: MEMBERS }, (_, place) => ({
        id: idAt(place),
        serial: `0${place}`,
        status: "issued",
        kind: "end-entity",
        displayName: "daily",
        sortName: "daily",
        subject: "",
        issuerName: "CN=Elsewhere",
        notBefore: new Date(Date.UTC(2025, 0, place)),
        notAfter: new Date(Date.UTC(2025, 0, place + 1)),
        keyAlgorithm: "ecdsa-p256",
        keySha256: "",
        body,
        source: "csr",
        lineageId: idAt(0),
        replacesId: place === 0 ? null : idAt(place - 1),
        requestedBy: `asker ${place}`,
        createdAt: new Date(Date.UTC(2025, 0, place - (place % 2))),
      })),
    }),
  );
});
afterAll(() => installation.close());

test.each([
  [0, { first: 0, last: 100, earlier: 0, later: 149 }],
  [1, { first: 0, last: 101, earlier: 0, later: 148 }],
  [120, { first: 20, last: 220, earlier: 20, later: 29 }],
  [149, { first: 49, last: 249, earlier: 49, later: 0 }],
  [MEMBERS - 2, { first: 148, last: 249, earlier: 148, later: 0 }],
  [MEMBERS - 1, { first: 149, last: 249, earlier: 149, later: 0 }],
])(
  "renewal %i of 250 stands among those round it, with its successor and how many are beyond",
  async (place, expected) => {
    const { lineage, earlier, later, successor } = await getCertificate(installation, admin, idAt(place));
    const { first, last } = expected;
    expect(lineage.map(({ id }) => id)).toEqual(
      Array.from({ length: last - first + 1 }, (_, index) => idAt(first + index)),
    );
    expect({ earlier, later }).toEqual({ earlier: expected.earlier, later: expected.later });
    expect(successor?.requestedBy).toBe(place === MEMBERS - 1 ? undefined : `asker ${place + 1}`);
  },
);
