import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";
import { CAUSE_CODES } from "./causes.ts";
import { diagnose } from "./diagnose.ts";
import type { Certainty } from "./diagnosis.ts";
import { inventoryOf } from "./inventory-in-memory.ts";
import { type InventoryView, type KnownClient, type ProxyFacts, UNKNOWN_PROXY } from "./inventory-view.ts";
import type { Finding, Observation, Reason } from "./observation.ts";
import { DAY, observation, seen, THEN, WORLD, world } from "./testdata/small-world.ts";

const verify = (
  error: number | null,
  fields: Partial<Extract<Finding, { kind: "verify" }>> = {},
): Finding => ({
  kind: "verify",
  error,
  depth: null,
  which: "first",
  words: "",
  ...fields,
});
/** As nginx says it: the last fault that it met. */
const last = (error: number) => verify(error, { which: "last" });
const alert = (number: number | null): Finding => ({ kind: "alert-received", alert: number });
const reason = (which: Reason, words = ""): Finding => ({ kind: "reason", reason: which, words });
const refused = (finding: Finding, fields: Partial<Observation> = {}) => [
  observation({ finding, ...fields }),
];
const upstream = (finding: Finding, fields: Partial<Observation> = {}) =>
  refused(finding, { direction: "upstream", ...fields });

const known = (id: string) => WORLD.filter((each) => each.id === id);
const facts = (fields: Partial<ProxyFacts>): ProxyFacts => ({ ...UNKNOWN_PROXY, ...fields });

type Case = [
  sentence: string,
  lines: Observation[],
  certainty: Certainty,
  candidates: string,
  about?: ProxyFacts,
];

function check([, lines, certainty, candidates, about = UNKNOWN_PROXY]: Case) {
  const diagnosis = diagnose(lines, world, about);
  expect([diagnosis.certainty, diagnosis.candidates.join(" ")]).toEqual([certainty, candidates]);
  expect(diagnosis.cause).toBe(diagnosis.candidates[0]);
}

describe("the words are not the cause: the issuer's name tells", () => {
  test.each<Case>([
    [
      "an intermediate that was not sent",
      refused(verify(20, { depth: 0 }), { certificate: seen("truck") }),
      "certain",
      "intermediate-missing",
    ],
    [
      "one of two intermediates not sent",
      refused(verify(20, { depth: 1 }), { certificate: seen("crane") }),
      "certain",
      "intermediate-missing",
    ],
    [
      "a leaf that came alone",
      refused(last(21), { certificate: seen("truck") }),
      "certain",
      "intermediate-missing",
    ],
    [
      "a foreign chain",
      refused(verify(20, { depth: 1 }), { certificate: seen("guest") }),
      "certain",
      "issuer-unknown",
    ],
    ["a foreign leaf alone", refused(last(21), { certificate: seen("guest") }), "certain", "issuer-unknown"],
    [
      "a foreign chain with its root",
      refused(verify(19, { depth: 2 }), { certificate: seen("guest") }),
      "certain",
      "issuer-unknown",
    ],
    [
      "a stranger's leaf",
      refused(verify(20, { depth: 0 }), { certificate: seen("nobody") }),
      "one-of",
      "issuer-unknown intermediate-missing",
    ],
    [
      "a stranger's chain",
      refused(verify(20, { depth: 1 }), { certificate: seen("nobody") }),
      "one-of",
      "issuer-unknown trust-anchor-rekeyed",
    ],
    [
      "a root that has two keys",
      refused(verify(20, { depth: 1 }), { certificate: seen("ferry") }),
      "certain",
      "trust-anchor-rekeyed",
    ],
    [
      "a root that has two keys, in nginx",
      refused(last(20), { certificate: seen("ferry") }),
      "certain",
      "trust-anchor-rekeyed",
    ],
    [
      "a root with one key that is not found",
      refused(verify(20, { depth: 1 }), { certificate: seen("truck") }),
      "one-of",
      "trust-anchor-rekeyed issuer-unknown",
    ],
    [
      "Apache, which shows the intermediate",
      refused(verify(20), { certificate: seen("skua-issuing", { role: "failing" }) }),
      "certain",
      "issuer-unknown",
    ],
    [
      "Apache, which shows the leaf",
      refused(verify(20), { certificate: seen("truck", { role: "failing" }) }),
      "certain",
      "intermediate-missing",
    ],
    [
      "Go, which found an authority with another key",
      refused(
        verify(7, {
          words:
            'x509: ECDSA verification failure" while trying to verify candidate authority certificate "Hekla Root 2"',
        }),
      ),
      "certain",
      "trust-anchor-rekeyed",
    ],
    [
      "a certificate that is its own issuer",
      refused(last(3), { certificate: seen("own", { issuer: "C=GL,O=Nobody,CN=own" }) }),
      "certain",
      "self-signed",
    ],
    ["no name at all", refused(last(21)), "one-of", "issuer-unknown intermediate-missing"],
    [
      "no name, but a CRL that nginx tried",
      [...refused(reason("stale-error")), ...refused(last(21))],
      "one-of",
      "intermediate-missing issuer-unknown",
    ],
  ])("%s", (...row) => check(row));
});

describe('"expired" is often not the leaf', () => {
  const at = (id: string) => known(id)[0]?.notAfter ?? 0;
  test.each<Case>([
    [
      "the leaf's own end",
      refused(last(10), { certificate: seen("late") }),
      "certain",
      "client-certificate-expired",
    ],
    [
      "the end that the line has, of a certificate that nobody knows",
      refused(last(10), { certificate: seen("nobody", { notAfter: THEN - 1 }) }),
      "certain",
      "client-certificate-expired",
    ],
    [
      "a valid leaf below an authority that has expired",
      refused(last(10), { certificate: seen("antique") }),
      "certain",
      "authority-expired",
    ],
    [
      "a valid leaf below a root that has expired",
      refused(last(10), { certificate: seen("harbour") }),
      "certain",
      "trust-anchor-expired",
    ],
    [
      "a valid leaf below authorities that are valid here",
      refused(last(10), { certificate: seen("truck") }),
      "one-of",
      "authority-expired trust-anchor-expired",
    ],
    [
      "a depth",
      refused(verify(10, { depth: 1 }), { certificate: seen("antique") }),
      "certain",
      "authority-expired",
    ],
    [
      "a depth of the root",
      refused(verify(10, { depth: 2 }), { certificate: seen("harbour") }),
      "certain",
      "trust-anchor-expired",
    ],
    [
      "the failing certificate itself",
      refused(verify(10), { certificate: seen("hekla-old", { role: "failing" }) }),
      "certain",
      "authority-expired",
    ],
    [
      "a date that is an authority's",
      refused(verify(10, { failedAt: at("hekla-old") })),
      "certain",
      "authority-expired",
    ],
    [
      "a date that is a leaf's",
      refused(verify(10, { failedAt: at("late") })),
      "certain",
      "client-certificate-expired",
    ],
    [
      "a date that nobody has",
      refused(verify(10, { failedAt: 1 })),
      "one-of",
      "client-certificate-expired authority-expired trust-anchor-expired",
    ],
    [
      "hours from its end, in an unknown zone",
      refused(last(10), { zone: "assumed", certificate: seen("nobody", { notAfter: THEN - 3_600_000 }) }),
      "one-of",
      "client-certificate-expired authority-expired trust-anchor-expired",
    ],
    [
      "nothing at all",
      refused(last(10)),
      "one-of",
      "client-certificate-expired authority-expired trust-anchor-expired",
    ],
  ])("%s", (...row) => check(row));
});

describe("nginx tells the last fault", () => {
  test.each<Case>([
    [
      '"no CRL" of a foreign issuer is no matter of a CRL',
      refused(last(3), { certificate: seen("guest") }),
      "certain",
      "issuer-unknown",
    ],
    [
      '"no CRL" of one that it trusts is',
      refused(last(3), { certificate: seen("truck") }),
      "certain",
      "crl-missing",
    ],
    [
      '"no CRL" of a stranger may be either',
      refused(last(3), { certificate: seen("nobody") }),
      "one-of",
      "issuer-unknown crl-missing",
    ],
    [
      '"no CRL" of nobody in particular',
      refused(last(3)),
      "one-of",
      "issuer-unknown crl-missing self-signed",
    ],
    [
      '"CRL signature" below a root with two keys',
      refused(last(8), { certificate: seen("ferry") }),
      "certain",
      "trust-anchor-rekeyed",
    ],
    [
      '"CRL signature" below two intermediates',
      refused(last(8), { certificate: seen("crane") }),
      "one-of",
      "chain-too-long trust-anchor-rekeyed",
    ],
    [
      "others tell the first one: no CRL is no CRL",
      refused(verify(3, { depth: 0 }), { certificate: seen("guest") }),
      "certain",
      "crl-missing",
    ],
  ])("%s", (...row) => check(row));
});

describe("what is revoked here tells whose revocation it was", () => {
  test.each<Case>([
    ["the leaf", refused(last(23), { certificate: seen("lost") }), "certain", "client-certificate-revoked"],
    ["its authority", refused(last(23), { certificate: seen("robbed") }), "certain", "authority-revoked"],
    [
      "a depth",
      refused(verify(23, { depth: 1 }), { certificate: seen("robbed") }),
      "certain",
      "authority-revoked",
    ],
    [
      "nothing that we know",
      refused(last(23), { certificate: seen("truck") }),
      "one-of",
      "client-certificate-revoked authority-revoked",
    ],
    ["nobody in particular", refused(last(23)), "one-of", "client-certificate-revoked authority-revoked"],
    [
      "let in all the same",
      [observation({ outcome: "accepted", at: THEN + 9 * DAY, certificate: seen("lost") })],
      "certain",
      "revocation-not-checked",
    ],
    [
      "let in before it was revoked",
      [observation({ outcome: "accepted", at: THEN - 2 * DAY, certificate: seen("lost") })],
      "certain",
      "none",
    ],
    [
      "let in within hours of it, in an unknown zone",
      [observation({ outcome: "accepted", at: THEN - DAY, zone: "assumed", certificate: seen("lost") })],
      "one-of",
      "revocation-not-checked none",
    ],
    ["let in rightly", [observation({ outcome: "accepted", certificate: seen("truck") })], "certain", "none"],
  ])("%s", (...row) => check(row));
});

describe("an alert that came in is the other side's verdict on us", () => {
  test.each<Case>([
    [
      "45 from a client: the server's certificate",
      refused(alert(45)),
      "certain",
      "server-certificate-expired",
    ],
    [
      "45 while the server's certificate is valid",
      refused(alert(45)),
      "one-of",
      "server-certificate-expired server-untrusted",
      facts({ serverCertificates: known("web") }),
    ],
    ["48 from a client", refused(alert(48)), "certain", "server-untrusted"],
    [
      "42 from a client may be a name or anything",
      refused(alert(42)),
      "one-of",
      "server-name-mismatch server-untrusted",
    ],
    [
      "42 after another name was shown",
      [
        observation({ serverName: "api.hekla.example" }),
        observation({ served: { names: ["dns:*.skua.example"], notAfter: THEN + DAY } }),
        ...refused(alert(42)),
      ],
      "certain",
      "server-name-mismatch",
    ],
    [
      "42 after the right name was shown",
      [
        observation({ serverName: "api.hekla.example" }),
        observation({ served: { names: ["dns:*.hekla.example"], notAfter: THEN + DAY } }),
        ...refused(alert(42)),
      ],
      "one-of",
      "server-untrusted server-name-mismatch",
    ],
    ["45 from an upstream: the proxy's own", upstream(alert(45)), "certain", "proxy-certificate-expired"],
    ["44 from an upstream", upstream(alert(44)), "certain", "proxy-certificate-revoked"],
    ["48 from an upstream", upstream(alert(48)), "certain", "proxy-certificate-untrusted"],
    [
      "116 from an upstream to nginx, which sends what it has",
      upstream(alert(116)),
      "certain",
      "proxy-certificate-missing",
    ],
    [
      "116 to Caddy, which keeps back what is not named",
      upstream(alert(116), { proxy: "caddy" }),
      "one-of",
      "proxy-certificate-missing proxy-certificate-untrusted",
    ],
    [
      "40 from an upstream",
      upstream(alert(40)),
      "one-of",
      "proxy-certificate-missing proxy-certificate-untrusted upstream-protocol-mismatch",
    ],
    ["70 from an upstream", upstream(alert(70)), "certain", "upstream-protocol-mismatch"],
    [
      "42 from an upstream, while the proxy's certificate has expired",
      upstream(alert(42)),
      "one-of",
      "proxy-certificate-expired proxy-certificate-untrusted proxy-certificate-missing",
      facts({ ownCertificates: known("late") }),
    ],
    [
      "one that is not told",
      refused(alert(null)),
      "cannot-tell",
      "server-untrusted no-shared-parameters connection-dropped",
    ],
  ])("%s", (...row) => check(row));
});

describe("silence cannot be told, and the server's certificate decides what is likely", () => {
  const shown = (names: string[], notAfter: number) =>
    observation({ outcome: "unknown", served: { names, notAfter } });
  const asked = observation({ outcome: "unknown", serverName: "web.hekla.example" });
  test.each<Case>([
    [
      "a client that left",
      refused(reason("closed")),
      "cannot-tell",
      "connection-dropped server-untrusted server-name-mismatch",
    ],
    [
      "a client that left once the handshake was over",
      refused(reason("closed"), { quote: "client closed connection while waiting for request" }),
      "cannot-tell",
      "server-name-mismatch server-untrusted server-certificate-expired",
    ],
    ["a reset", refused(reason("reset")), "cannot-tell", "connection-dropped server-untrusted"],
    [
      "HAProxy, to which a timeout is the same",
      refused(reason("closed"), { proxy: "haproxy" }),
      "cannot-tell",
      "connection-dropped server-untrusted handshake-timeout",
    ],
    [
      "after a certificate that has expired",
      [asked, shown(["dns:web.hekla.example"], THEN - DAY), ...refused(reason("closed"))],
      "cannot-tell",
      "server-certificate-expired connection-dropped server-untrusted",
    ],
    [
      "after a certificate for another name",
      [asked, shown(["dns:crm.hekla.example"], THEN + DAY), ...refused(reason("closed"))],
      "cannot-tell",
      "server-name-mismatch connection-dropped server-untrusted",
    ],
    [
      "after one that is in order",
      [asked, shown(["dns:web.hekla.example"], THEN + DAY), ...refused(reason("closed"))],
      "cannot-tell",
      "connection-dropped server-untrusted",
    ],
    [
      "when we know that it has expired",
      refused(reason("closed")),
      "cannot-tell",
      "server-certificate-expired connection-dropped server-untrusted",
      facts({ serverCertificates: known("late") }),
    ],
    [
      "Go that cannot read the client's alert, after one that has expired",
      [asked, shown(["dns:web.hekla.example"], THEN - DAY), ...refused(reason("bad-record"))],
      "certain",
      "server-certificate-expired",
    ],
    [
      "Go that cannot read the client's alert",
      refused(reason("bad-record")),
      "one-of",
      "server-untrusted server-name-mismatch server-certificate-expired",
    ],
    [
      "a handshake of which no line tells the end",
      [shown(["dns:web.hekla.example"], THEN + DAY)],
      "cannot-tell",
      "server-name-mismatch server-untrusted connection-dropped",
    ],
  ])("%s", (...row) => check(row));
});

describe("what says it, says it", () => {
  test.each<[Finding, string]>([
    [verify(22), "chain-too-long"],
    [verify(26), "wrong-extended-key-usage"],
    [verify(66), "too-weak"],
    [verify(68), "too-weak"],
    [verify(32), "issuer-not-an-authority"],
    [verify(79), "issuer-not-an-authority"],
    [verify(34), "unknown-critical-extension"],
    [verify(47), "name-constraint-violated"],
    [verify(12), "crl-expired"],
    [verify(18), "self-signed"],
    [verify(9), "client-certificate-not-yet-valid"],
    [reason("certificate-absent"), "client-certificate-missing"],
    [reason("bad-signature"), "key-mismatch"],
    [reason("protocol-version"), "protocol-version-mismatch"],
    [reason("no-shared-group"), "no-shared-parameters"],
    [reason("alpn"), "alpn-mismatch"],
    [reason("server-name"), "unknown-server-name"],
    [reason("misdirected"), "misdirected-request"],
    [reason("plain-http"), "not-tls"],
    [reason("timed-out"), "handshake-timeout"],
    [reason("ocsp-untrusted"), "ocsp-untrusted"],
  ])("%j is %s", (finding, cause) => {
    check(["", refused(finding), "certain", cause]);
  });

  test.each<[Finding, string]>([
    [verify(10), "upstream-certificate-expired"],
    [verify(20), "upstream-untrusted"],
    [verify(62), "upstream-name-mismatch"],
    [reason("name-mismatch"), "upstream-name-mismatch"],
    [reason("not-tls"), "upstream-not-tls"],
    [reason("unreachable"), "upstream-unreachable"],
    [reason("certificate-absent"), "proxy-certificate-missing"],
  ])("%j on the way to an upstream is %s", (finding, cause) => {
    check(["", upstream(finding), "certain", cause]);
  });

  test("the line that says most is believed, whichever comes first", () => {
    const lines = [verify(null), reason("closed"), verify(23, { depth: 0 }), verify(50)].map((finding) =>
      observation({ finding }),
    );
    for (const order of [lines, lines.toReversed()])
      check(["", order, "certain", "client-certificate-revoked"]);
  });

  test("a depth that stands in another line belongs to it", () => {
    const lines = [
      ...refused(verify(10), { proxy: "stunnel" }),
      ...refused(verify(null, { depth: 1 }), { proxy: "stunnel", certificate: seen("antique") }),
    ];
    check(["", lines, "certain", "authority-expired"]);
  });

  test("what became of OCSP is believed before the failure that it led to", () => {
    const lines = [...refused(verify(50)), ...refused(reason("ocsp-untrusted"))];
    check(["", lines, "certain", "ocsp-untrusted"]);
  });

  test.each([
    ["an answer that is not believed", reason("ocsp-untrusted"), "ocsp-untrusted"],
    ["a revocation", verify(23, { depth: 0 }), "client-certificate-revoked"],
  ])("%s is what happened, and not that the responder was of no use", (_, finding, cause) => {
    const useless = refused(reason("ocsp-unavailable"));
    check(["", [...useless, ...refused(finding)], "certain", cause]);
    check(["", [...refused(finding), ...useless], "certain", cause]);
  });

  test("of what OCSP found revoked, stunnel says in another line how far above the leaf it was", () => {
    const rejected = (depth: number) => refused({ ...reason("ocsp-unavailable"), depth } as Finding);
    for (const [depth, cause] of [
      [0, "client-certificate-revoked"],
      [1, "authority-revoked"],
    ] as const)
      check(["", [...refused(verify(23)), ...rejected(depth)], "certain", cause]);
  });
});

describe("a refusal without a reason", () => {
  test.each<Case>([
    [
      "is what is wrong with the certificate",
      refused(verify(null), { certificate: seen("late") }),
      "certain",
      "client-certificate-expired",
    ],
    [
      "is what is wrong above it",
      refused(verify(null), { certificate: seen("antique") }),
      "one-of",
      "authority-expired",
    ],
    [
      "is its issuer, of whom nobody has heard",
      refused(verify(null), { certificate: seen("nobody") }),
      "one-of",
      "issuer-unknown",
    ],
    [
      "is what cannot be seen here, where all is in order",
      refused(verify(null), { certificate: seen("truck") }),
      "cannot-tell",
      "intermediate-missing crl-missing trust-anchor-rekeyed",
    ],
    [
      "is what it usually is, without a certificate",
      refused(reason("not-said")),
      "cannot-tell",
      "client-certificate-expired issuer-unknown intermediate-missing",
    ],
  ])("%s", (...row) => check(row));
});

describe("a diagnosis also has", () => {
  test("the line's words, what is known here, the certificate, the client and the button", () => {
    const lines = refused(last(21), {
      certificate: seen("truck"),
      quote: "(21:unable to verify the first certificate)",
    });
    expect(diagnose(lines, world, UNKNOWN_PROXY)).toMatchObject({
      evidence: [
        { from: "line", text: "(21:unable to verify the first certificate)" },
        { from: "inventory", text: expect.stringContaining("Hekla Issuing") },
      ],
      certificate: "truck",
      client: { id: "c1", name: "Truck computers" },
      acts: "client",
      action: { code: "download-intermediate", certificate: "hekla-issuing" },
      missingDirective: null,
    });
  });

  test("the authority of which no CRL is known, to be published", () => {
    const { action } = diagnose(refused(last(3), { certificate: seen("truck") }), world, UNKNOWN_PROXY);
    expect(action).toMatchObject({ code: "publish-crl", certificate: "hekla-issuing" });
  });

  test("the client whose certificate it must be, since no other ends at that second", () => {
    const found = (id: string) =>
      diagnose(refused(verify(10, { failedAt: known(id)[0]?.notAfter ?? 0 })), world, UNKNOWN_PROXY);
    expect(found("late")).toMatchObject({
      certificate: "late",
      client: { name: "late" },
      action: { code: "renew" },
    });
    expect(found("twin-1")).toMatchObject({ certainty: "certain", certificate: null, client: null });
  });

  test("the server's certificate, which Caddy tells by the second after its end", () => {
    const [web] = known("web");
    const served = { names: ["dns:web.hekla.example"], notAfter: (web?.notAfter ?? 0) + 1_000 };
    const lines = [
      observation({ at: THEN + 400 * DAY, outcome: "unknown", served }),
      ...refused(alert(45), { at: THEN + 400 * DAY }),
    ];
    expect(diagnose(lines, world, UNKNOWN_PROXY)).toMatchObject({
      cause: "server-certificate-expired",
      certificate: "web",
      client: null,
      action: { code: "renew", certificate: "web" },
    });
  });

  test("the server's certificate of the name that was asked for, where one had ended", () => {
    const lines = (at: number) => refused(alert(45), { at, serverName: "web.hekla.example" });
    const { certificate, action } = diagnose(lines(THEN + 400 * DAY), world, UNKNOWN_PROXY);
    expect([certificate, action.code]).toEqual(["web", "renew"]);
    expect(diagnose(lines(THEN), world, UNKNOWN_PROXY).certificate).toBeNull();
  });

  test("the proxy's own certificate, where it has but one", () => {
    const about = facts({ ownCertificates: known("truck") });
    const { certificate, action } = diagnose(upstream(alert(44)), world, about);
    expect([certificate, action.code, action.certificate]).toEqual(["truck", "rotate", "truck"]);
  });

  test("words only, where the certificate to be renewed is not known", () => {
    const { action } = diagnose(refused(verify(10, { depth: 0 })), world, UNKNOWN_PROXY);
    expect(action).toMatchObject({ code: null, certificate: null });
    expect(action.words).not.toBe("");
  });

  test("a name as a hint, where the client is none of ours", () => {
    const { client } = diagnose(refused(last(3), { certificate: seen("guest") }), world, UNKNOWN_PROXY);
    expect(client).toEqual({ id: null, name: "guest" });
  });

  test("the directive with which the line would have said more, for the version that it is of", () => {
    const hidden = refused(reason("not-said"), { log: "access", status: 400 });
    expect(diagnose(hidden, world, UNKNOWN_PROXY).missingDirective).toMatchObject({
      proxy: "nginx",
      directive: expect.stringContaining("error_log"),
    });
    const old = diagnose(refused(verify(null), { proxy: "haproxy" }), world, facts({ version: "2.4.1" }));
    expect(old.missingDirective?.explanation).toContain("2.5");
    const older = diagnose(refused(last(10)), world, facts({ version: "1.18.0" })).missingDirective;
    expect(older?.directive).toContain("$ssl_client_v_end");
    expect(older?.directive).not.toContain("$ssl_alpn_protocol");
  });

  test("no directive, where the cause is certain", () => {
    expect(diagnose(refused(verify(34)), world, UNKNOWN_PROXY).missingDirective).toBeNull();
  });
});

describe("whoever is refused for more than its certificate", () => {
  const truck = known("truck");
  const as = (what: NonNullable<KnownClient["refused"]>["as"], since: number) =>
    inventoryOf(
      WORLD.map((each) =>
        truck.includes(each)
          ? { ...each, client: { id: "c1", name: "Trucks", refused: { as: what, since } } }
          : each,
      ),
      [],
    );
  const texts = (lines: Observation[], inventory: InventoryView) =>
    diagnose(lines, inventory, UNKNOWN_PROXY).evidence.map(({ text }) => text);
  const expired = refused(verify(10), { certificate: seen("truck", { notAfter: THEN - DAY }) });

  test("is said to be suspended, retired or admitted no longer", () => {
    expect(texts(expired, as("suspended", THEN - DAY))).toContain(
      "Trucks is suspended here since 2031-03-03 05:06:07 UTC: decisions refuse it.",
    );
    expect(texts(expired, as("retired", THEN)).join()).toContain("is retired here since");
    expect(texts(expired, as("expired", THEN - DAY)).join()).toContain("is admitted here until 2031-03-03");
    expect(texts(expired, as("expired", THEN + DAY)).join()).not.toContain("decisions refuse it");
    expect(texts(expired, world).join()).not.toContain("decisions refuse it");
  });

  test("is said to be so also where its request was refused, and its certificate was not", () => {
    const answered = (status: number) => [
      observation({ outcome: "accepted", status, certificate: seen("truck"), quote: "" }),
    ];
    const suspended = as("suspended", THEN - DAY);
    expect(texts(answered(403), suspended)).toEqual([
      "Trucks is suspended here since 2031-03-03 05:06:07 UTC, and its request was answered 403: decisions refuse it.",
    ]);
    expect(diagnose(answered(403), suspended, UNKNOWN_PROXY).cause).toBe("none");
    expect(texts(answered(200), suspended)).toHaveLength(1);
    expect(texts(answered(200), suspended)[0]).not.toContain("answered");
  });
});

describe("a line that is dated later than it came", () => {
  const expired = (zone: "said" | "assumed") =>
    refused(verify(10), { zone, certificate: seen("truck", { notAfter: THEN - 30 * DAY }) });
  const came = (before: number, zone: "said" | "assumed" = "said") =>
    diagnose(expired(zone), world, UNKNOWN_PROXY, THEN - before);

  test("was written by a clock by which nothing is surely expired", () => {
    const { cause, certainty, evidence, question } = came(365 * DAY);
    expect([cause, certainty]).toEqual(["client-certificate-expired", "one-of"]);
    expect(evidence.map(({ text }) => text)).toContain(
      "The line is dated 2031-03-04 05:06:07 UTC, and came 365 days earlier: the proxy's clock is ahead.",
    );
    expect(question).not.toBeNull();
    expect(
      came(12 * 3_600_000)
        .evidence.map(({ text }) => text)
        .join(),
    ).toContain("12 hours earlier");
  });

  test("may be of another zone, or of a clock that differs as clocks do", () => {
    expect(came(12 * 3_600_000, "assumed").certainty).toBe("certain");
    expect(came(60_000).certainty).toBe("certain");
    expect(came(-365 * DAY).certainty).toBe("certain");
    expect(came(5 * DAY, "assumed").certainty).toBe("one-of");
  });

  test("says what it says of anything else", () => {
    const absent = refused(reason("certificate-absent"));
    expect(diagnose(absent, world, UNKNOWN_PROXY, THEN - 365 * DAY)).toMatchObject({
      ...{ cause: "client-certificate-missing", certainty: "certain" },
      evidence: [{ from: "line" }, { from: "inventory", text: expect.stringContaining("365 days") }],
    });
  });
});

test("Caddy says no more of a certificate than its number and its common name", () => {
  const [truck] = known("truck");
  const told = (serial: string, commonName: string) =>
    diagnose(
      [
        observation({
          ...{ proxy: "caddy", outcome: "accepted" },
          certificate: { ...seen("truck", { subject: null, issuer: null, serial }), commonName },
        }),
      ],
      world,
      UNKNOWN_PROXY,
    );
  expect(told(truck?.serial ?? "", "truck")).toMatchObject({ certificate: "truck", client: { id: "c1" } });
  expect(told(truck?.serial ?? "", "another")).toMatchObject({ certificate: null, client: { id: null } });
  expect(told("99", "truck").certificate).toBeNull();
});

describe("where nobody has said which roots the proxy trusts", () => {
  const untold = inventoryOf(
    WORLD.map((each) => ({ ...each, trust: "unknown" as const })),
    [],
  );
  const said = (lines: Observation[]) => {
    const { certainty, candidates } = diagnose(lines, untold, UNKNOWN_PROXY);
    return [certainty, candidates.join(" ")];
  };

  test("the one that most certificates come from is likelier trusted, and nothing is certain of it", () => {
    expect(said(refused(last(21), { certificate: seen("truck") }))).toEqual([
      "one-of",
      "intermediate-missing issuer-unknown",
    ]);
    expect(said(refused(last(3), { certificate: seen("truck") }))).toEqual([
      "one-of",
      "crl-missing issuer-unknown",
    ]);
  });

  test("one that few come from is likelier not", () => {
    expect(said(refused(last(21), { certificate: seen("guest") }))).toEqual([
      "one-of",
      "issuer-unknown intermediate-missing",
    ]);
    expect(said(refused(last(3), { certificate: seen("guest") }))).toEqual([
      "one-of",
      "issuer-unknown crl-missing",
    ]);
  });

  test("one that the proxy did not find, and few come from, is likely unknown to it, or has a new key", () => {
    expect(said(refused(verify(20, { depth: 1 }), { certificate: seen("guest") }))).toEqual([
      "one-of",
      "issuer-unknown trust-anchor-rekeyed",
    ]);
  });
});

test("whatever the lines say, there is an answer: one cause when certain, else at most three", () => {
  const finding = fc.oneof(
    fc.record({
      kind: fc.constant("verify" as const),
      error: fc.option(fc.integer({ min: 0, max: 100 })),
      depth: fc.option(fc.integer({ min: 0, max: 12 })),
      which: fc.constantFrom("first" as const, "last" as const),
      words: fc.string(),
      failedAt: fc.constantFrom(...WORLD.map(({ notAfter }) => notAfter)),
    }),
    fc.record({
      kind: fc.constant("alert-received" as const),
      alert: fc.option(fc.integer({ min: 0, max: 255 })),
    }),
    fc.record({
      kind: fc.constant("reason" as const),
      reason: fc.constantFrom<Reason>(
        "certificate-absent",
        "chain-too-long",
        "closed",
        "reset",
        "bad-record",
        "ocsp-unavailable",
        "name-mismatch",
        "unreachable",
        "secret-absent",
        "stale-error",
        "not-said",
        "timed-out",
        "not-tls",
      ),
      words: fc.string(),
    }),
  );
  const certificate = fc
    .tuple(
      fc.constantFrom("nobody", ...WORLD.map(({ id }) => id)),
      fc.constantFrom("leaf" as const, "failing" as const),
    )
    .map(([id, role]) => seen(id, { role }));
  const line = fc
    .record({
      proxy: fc.constantFrom(
        "nginx" as const,
        "nginx-stream" as const,
        "haproxy" as const,
        "apache" as const,
        "caddy" as const,
        "traefik" as const,
        "envoy" as const,
        "stunnel" as const,
      ),
      log: fc.constantFrom("access" as const, "error" as const),
      direction: fc.constantFrom("inbound" as const, "upstream" as const),
      outcome: fc.constantFrom("refused" as const, "accepted" as const, "unknown" as const),
      at: fc.option(fc.constantFrom(THEN, 0, 8.64e15, THEN - 2 * DAY)),
      finding: fc.option(finding),
      certificate: fc.option(certificate),
      status: fc.option(fc.constantFrom(200, 400, 500, 502, 503)),
    })
    .map((fields) => observation(fields));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
      const { certainty, candidates, cause, action } = diagnose(lines, world, UNKNOWN_PROXY);
      expect(candidates.length).toBeGreaterThan(0);
      expect(candidates.length).toBeLessThanOrEqual(certainty === "certain" ? 1 : 3);
      expect(candidates.every((each) => CAUSE_CODES.includes(each))).toBe(true);
      expect(cause).toBe(candidates[0]);
      expect(action.words).not.toBe("");
    }),
    { seed: SEED, numRuns: FUZZ_RUNS },
  );
});
