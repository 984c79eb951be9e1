import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type AllowlistServer,
  type ServerAuthority,
  type ServerIdentity,
  serverAuthority,
  startAllowlistServer,
} from "#e2e/fixtures/allowlist-server.ts";
import { ALLOWLIST_SCRIPT, programsOfBusybox, runFetchScript } from "#e2e/fixtures/fetch-script.ts";
import { FUZZ_RUNS, SEED } from "#e2e/fixtures/sizes.ts";

/** The script against a server that does what each case needs. */

const NAME = "countersign.example";
const TOKEN = `csp_${"a".repeat(43)}`;
const QUIET = { code: 0, said: "" };
/** Each run starts a dozen programs: of fuzzing, fewer than where it is a function. */
const RUNS = Math.ceil(FUZZ_RUNS / 30);

let folder: string;
let authority: ServerAuthority;
let identity: ServerIdentity;
let server: AllowlistServer;
let used = 0;
/** Files of the case at hand. */
let out: string;
let ca: string;
let token: string;
let reloads: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-fetch-"));
  authority = serverAuthority(join(folder, "authority"));
  identity = authority.certify(NAME);
  server = await startAllowlistServer(identity);
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  const here = mkdtempSync(join(folder, `case-${++used}-`));
  [out, ca, token, reloads] = ["list", "servers.pem", "token", "reloads"].map((name) => join(here, name)) as [
    string,
    string,
    string,
    string,
  ];
  writeFileSync(ca, authority.certificate);
  writeFileSync(token, `${TOKEN}\n`);
  server.asked = [];
});

const KEYS = ["0".repeat(40), "f".repeat(40)];
/** A list as the server writes it. */
function list(
  version: number,
  keys = KEYS,
  { service = "payments", format = "nginx", entries = keys.length, more = "" } = {},
): string {
  return `# countersign allowlist
# service ${service}
# format ${format}
# version ${version}
# made 2026-03-01T12:00:00.000Z
# entries ${entries}
# left-out 0
${keys.map((key) => `${key} "01m84495dsdc63ny457km8n9ds/Billing%20M%C3%BCller";\n`).join("")}${more}`;
}

const parameters = (...more: string[]) => [
  ...["--plane", server.plane, "--name", NAME, "--service", "payments", "--format", "nginx"],
  ...["--ca", ca, "--token", token, "--out", out, "--wait", "0"],
  ...["--reload", `echo reloaded >> ${reloads}`],
  ...more,
];
const run = (all: string[]) => runFetchScript(all, { script: ALLOWLIST_SCRIPT });
const fetchList = (...more: string[]) => run(parameters(...more));
const inUse = () => readFileSync(out, "utf8");
const timesReloaded = () =>
  existsSync(reloads) ? readFileSync(reloads, "utf8").trim().split("\n").length : 0;
const reports = () => server.asked.filter(({ method }) => method === "PUT").map(({ body }) => body);

describe("when all is well", () => {
  test("a list is put in place, loaded and reported; the next run hears 304 and does nothing", async () => {
    server.serve(list(5));
    expect(await fetchList()).toEqual(QUIET);
    expect(inUse()).toBe(list(5));
    expect(timesReloaded()).toBe(1);
    expect(server.asked[0]).toMatchObject({
      target: "/v1/services/payments/allowlist.nginx",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(reports()).toEqual(['{"version":5}']);

    server.asked = [];
    expect(await fetchList("--wait", "7")).toEqual(QUIET);
    expect(server.asked).toMatchObject([
      {
        target: "/v1/services/payments/allowlist.nginx?wait=7",
        headers: { "if-none-match": server.answer.headers.ETag },
      },
    ]);
    expect(timesReloaded()).toBe(1);
    expect(readdirSync(join(out, "..")).filter((name) => /work|before|due/.test(name))).toEqual([]);
  });

  test("a higher version replaces the file, whose mode is kept", async () => {
    server.serve(list(9));
    await fetchList();
    chmodSync(out, 0o640);
    server.serve(list(10, []));
    expect(await fetchList()).toEqual(QUIET);
    expect(inUse()).toBe(list(10, []));
    expect(statSync(out).mode & 0o777).toBe(0o640);
    expect(timesReloaded()).toBe(2);
    expect(reports()).toEqual(['{"version":9}', '{"version":10}']);
  });

  test("the first run of all neither reloads nor reports", async () => {
    server.serve(list(5));
    expect(await fetchList("--first")).toEqual(QUIET);
    expect([timesReloaded(), reports()]).toEqual([0, []]);
    expect(await fetchList()).toEqual(QUIET);
    expect(reports()).toEqual(['{"version":5}']);
  });

  test("a file that somebody changed by hand is put right although the server has nothing new", async () => {
    server.serve(list(5));
    await fetchList();
    writeFileSync(out, list(5).replace("0".repeat(40), "a".repeat(40)).replace("version 5", "version 500"));
    expect(await fetchList()).toEqual(QUIET);
    expect(inUse()).toBe(list(5));
    expect(timesReloaded()).toBe(2);
  });

  test("another plane is asked when one is silent", async () => {
    server.serve(list(5));
    expect(await run(["--plane", "127.0.0.1:1", ...parameters()])).toEqual(QUIET);
    expect(inUse()).toBe(list(5));
    expect(reports()).toEqual(['{"version":5}']);
  });

  test("the token is seen by nobody who lists the programs that run", async () => {
    server.serve(list(5));
    const seen = join(out, "..", "seen");
    const bin = join(out, "..", "bin");
    programsOfBusybox(bin, "/usr/bin/busybox");
    for (const [name, real] of [
      ["curl", "/usr/bin/curl"],
      ["flock", "/usr/bin/flock"],
    ])
      writeFileSync(join(bin, name ?? ""), `#!/bin/sh\necho "$*" >> ${seen}\nexec ${real} "$@"\n`, {
        mode: 0o755,
      });
    // With BusyBox in the place of every other program, as on Alpine.
    expect(await runFetchScript(parameters(), { script: ALLOWLIST_SCRIPT, path: bin })).toEqual(QUIET);
    expect(inUse()).toBe(list(5));
    expect(readFileSync(seen, "utf8")).toContain("allowlist.nginx");
    expect(readFileSync(seen, "utf8")).not.toContain(TOKEN);
  });
});

describe("what must not be used is refused, and the list in use stays", () => {
  const swapped = (change: (headers: Record<string, string>) => void) => () => {
    server.serve(list(6));
    change(server.answer.headers);
  };
  const other = () => authority.certify("other.example");
  const REFUSALS: [what: string, serve: () => void, said: RegExp][] = [
    [
      "a signature of another name",
      () => server.serve(list(6), other()),
      /not signed by countersign\.example below/,
    ],
    [
      "a signature by a certificate for clients",
      () => server.serve(list(6), authority.certify(NAME, "clientAuth")),
      /not signed/,
    ],
    [
      "a signature below another authority",
      () => server.serve(list(6), serverAuthority(join(folder, `stranger-${used}`)).certify(NAME)),
      /not signed/,
    ],
    ["a signature of another list", swapped((headers) => signedAs(headers, list(7))), /not signed/],
    ["no signature", swapped((headers) => delete headers["X-Countersign-Signature"]), /not signed/],
    ["no certificate", swapped((headers) => delete headers["X-Countersign-Certificate"]), /not signed/],
    [
      "a certificate that is none",
      swapped((headers) => (headers["X-Countersign-Certificate"] = "AAAA")),
      /not signed/,
    ],
    ["one changed octet", () => changed((body) => body.replace("ffff", "fffe")), /not signed/],
    ["half of it", () => changed((body) => body.slice(0, -60)), /not signed/],
    [
      "another service",
      () => server.serve(list(6, KEYS, { service: "stock" })),
      /no list of payments for nginx/,
    ],
    [
      "another format",
      () => server.serve(list(6, KEYS, { format: "haproxy" })),
      /no list of payments for nginx/,
    ],
    ["a lower version", () => server.serve(list(4)), /version 4 .* is lower than 5/],
    ["a version that is none", () => server.serve(list(Number.NaN)), /no list of/],
    ["an empty answer", () => server.serve(""), /no list of/],
    ["a page of something else", () => server.serve("<html>Sign in</html>"), /no list of/],
    ["more than its head says", () => server.serve(list(6, KEYS, { entries: 1 })), /holds what no list/],
    [
      "a line of configuration",
      () => server.serve(list(6, KEYS, { more: 'default "01/Everybody";\n' })),
      /holds what no list/,
    ],
    [
      "a file that nginx would include",
      () => server.serve(list(6, KEYS, { more: "include /etc/passwd;\n" })),
      /holds what no list/,
    ],
    [
      "a comment that hides octets",
      () => server.serve(list(6, KEYS, { more: "# \r0\n" })),
      /holds what no list/,
    ],
    ["octets of zero", () => server.serve(list(6, KEYS, { more: "\0\n" })), /holds what no list/],
    ["an octet of zero at the end", () => server.serve(list(6).replace(/\n$/, "\0")), /holds what no list/],
    [
      "a token that is not known",
      () => (server.answer.status = 401),
      /HTTP 401 .*retired.* stays in use at version \d+, and whoever is suspended .* still enters: give it the new token/,
    ],
    [
      "a service that is not the proxy's",
      () => (server.answer.status = 403),
      /HTTP 403 .*not one of payments any more.* still enters: add the service to it again/,
    ],
    ["another address", () => (server.answer.status = 302), /HTTP 302/],
    [
      "what is too large",
      () => server.serve(list(6, KEYS, { more: `# ${"x".repeat(100)}\n`.repeat(12_000) })),
      /larger than 1 MiB/,
    ],
  ];

  /** Signs what is not served. */
  function signedAs(headers: Record<string, string>, body: string): void {
    const { status } = server.answer;
    server.serve(body);
    headers["X-Countersign-Signature"] = server.answer.headers["X-Countersign-Signature"] ?? "";
    server.answer = { ...server.answer, status, body: list(6), headers };
  }
  function changed(change: (body: string) => string): void {
    server.serve(list(6));
    server.answer.body = change(String(server.answer.body));
  }

  test.each(REFUSALS)("%s", async (_, serve, said) => {
    server.serve(list(5));
    await fetchList();
    serve();
    const { code, said: line } = await fetchList("--max-mib", "1");
    expect([code, line]).toEqual([3, expect.stringMatching(said)]);
    expect(line.trim().split("\n")).toHaveLength(1);
    expect(line).not.toContain(TOKEN);
    expect(inUse()).toBe(list(5));
    expect(timesReloaded()).toBe(1);
    expect(reports()).toEqual(['{"version":5}']);
  });

  test("a lower version also when the list is gone, or its memory", async () => {
    server.serve(list(5));
    await fetchList();
    server.serve(list(4));
    rmSync(out);
    expect(await fetchList()).toMatchObject({ code: 3, said: expect.stringContaining("lower than 5") });
    server.serve(list(5));
    await fetchList();
    rmSync(`${out}.state`);
    server.serve(list(4));
    expect(await fetchList()).toMatchObject({ code: 3, said: expect.stringContaining("lower than 5") });
    expect(inUse()).toBe(list(5));
  });

  test("what the proxy's own check refuses: the list before it is in place again", async () => {
    const check = ["--check", `grep -q 'version 5' ${out}`];
    server.serve(list(5));
    expect(await fetchList(...check)).toEqual(QUIET);
    server.serve(list(6));
    expect(await fetchList(...check)).toMatchObject({ code: 3, said: expect.stringContaining("version 6") });
    expect(inUse()).toBe(list(5));
    expect([timesReloaded(), reports()]).toEqual([1, ['{"version":5}']]);
    // It is tried again, and taken as soon as the proxy takes it.
    expect(await fetchList("--check", "true")).toEqual(QUIET);
    expect(inUse()).toBe(list(6));
    expect(timesReloaded()).toBe(2);
  });

  test("whatever comes, signed or not, only a whole list gets in place", async () => {
    const octets = Buffer.from(list(6));
    await fc.assert(
      fc.asyncProperty(fc.nat(octets.length - 1), fc.nat(255), fc.boolean(), async (at, octet, isSigned) => {
        writeFileSync(out, list(5));
        rmSync(`${out}.state`, { force: true });
        const body = Buffer.from(octets);
        body[at] = octet;
        server.serve(isSigned ? body : octets);
        server.answer.body = body;
        const { code, said } = await fetchList();
        if (code === 3) {
          expect(inUse()).toBe(list(5));
          return;
        }
        expect([code, said]).toEqual([0, ""]);
        expect(isSigned || body.equals(octets)).toBe(true);
        expect(readFileSync(out).equals(body)).toBe(true);
        expect(inUse()).toMatch(/^(#[ -~]*\n|[0-9a-f]{40} "[0-9a-z-]+\/[\w%.!~*'()-]*";\n)+$/);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

describe("fetching that fails", () => {
  test("is quiet for a minute, and then says how long it was", async () => {
    server.serve(list(5));
    await fetchList();
    for (const status of [500, 503, 429]) {
      server.answer.status = status;
      expect(await fetchList()).toEqual(QUIET);
    }
    await server.stop();
    expect(await fetchList()).toEqual(QUIET);
    writeFileSync(`${out}.seen`, `${Math.floor(Date.now() / 1000) - 600}\n`);
    const late = await fetchList();
    await server.start();
    expect(late).toMatchObject({
      code: 1,
      said: expect.stringMatching(/for 10 minutes now.*version 5.*still enters/),
    });
    expect(inUse()).toBe(list(5));
  });

  test("an answer that was cut off is none", async () => {
    server.serve(list(5));
    await fetchList();
    server.serve(list(6));
    server.answer.cutAfter = 100;
    expect(await fetchList("--verbose")).toMatchObject({
      code: 0,
      said: expect.stringContaining("stays in use"),
    });
    expect(inUse()).toBe(list(5));
  });

  test("is loud at once when there is no list yet", async () => {
    server.answer.status = 503;
    expect(await fetchList()).toMatchObject({ code: 1, said: expect.stringContaining("no list") });
    expect(existsSync(out)).toBe(false);
  });

  test("a server of another name, or of another authority, is told nothing", async () => {
    server.serve(list(5));
    const named = parameters();
    named[named.indexOf("--name") + 1] = "other.example";
    expect(await run(named)).toMatchObject({ code: 1 });
    writeFileSync(ca, serverAuthority(join(folder, `foreign-${used}`)).certificate);
    expect(await fetchList()).toMatchObject({ code: 1 });
    expect(server.asked).toEqual([]);
  });
});

describe("loading and reporting", () => {
  test("a reload that failed is said, and tried again although nothing is new", async () => {
    server.serve(list(5));
    expect(await fetchList("--reload", "echo no such unit >&2; exit 7")).toMatchObject({
      code: 4,
      said: expect.stringContaining("no such unit"),
    });
    expect(reports()).toEqual([]);
    expect(await fetchList()).toEqual(QUIET);
    expect([timesReloaded(), reports()]).toEqual([1, ['{"version":5}']]);
  });

  test("a report that fails is made good, one that is refused is said", async () => {
    server.serve(list(5));
    server.answer.reportStatus = 503;
    expect(await fetchList()).toEqual(QUIET);
    server.answer.reportStatus = 422;
    expect(await fetchList()).toMatchObject({ code: 5, said: expect.stringContaining("HTTP 422") });
    server.answer.reportStatus = 204;
    expect(await fetchList()).toEqual(QUIET);
    server.asked = [];
    expect(await fetchList()).toEqual(QUIET);
    expect(reports()).toEqual([]);
    expect(timesReloaded()).toBe(1);
  });

  test("of two runs one works and the other leaves it to it", async () => {
    server.serve(list(4));
    await fetchList();
    server.serve(list(5));
    const slow = parameters("--verbose", "--reload", `sleep 1; echo reloaded >> ${reloads}`);
    const runs = await Promise.all([run(slow), run(slow)]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs.filter(({ said }) => said.includes("another run"))).toHaveLength(1);
    expect(timesReloaded()).toBe(2);
  });

  test("a run that was killed before the proxy's check is begun again", async () => {
    server.serve(list(5));
    await fetchList();
    server.serve(list(6));
    await fetchList("--check", "kill -9 $PPID");
    expect(inUse()).toBe(list(6));
    expect(timesReloaded()).toBe(1);
    expect(await fetchList("--check", "true")).toEqual(QUIET);
    expect(inUse()).toBe(list(6));
    expect(reports().at(-1)).toBe('{"version":6}');
  });
});

test("wrong parameters are said", async () => {
  const without = (name: string) => {
    const all = parameters();
    all.splice(all.indexOf(name), 2);
    return run(all);
  };
  for (const name of ["--plane", "--name", "--service", "--format", "--ca", "--token", "--out"])
    expect([name, await without(name)]).toEqual([name, { code: 2, said: expect.stringContaining(name) }]);
  for (const [name, value] of [
    ["--plane", "no port"],
    ["--name", "a/b"],
    ["--service", "../x"],
    ["--format", "json"],
    ["--wait", "61"],
    ["--timeout", "0"],
    ["--ca", join(folder, "absent")],
    ["--out", folder],
  ] as const)
    expect([name, await fetchList(name, value)]).toMatchObject([name, { code: 2 }]);
  writeFileSync(token, `${randomBytes(20).toString("hex")}\n`);
  expect(await fetchList()).toMatchObject({ code: 2, said: expect.stringContaining("no token") });
});
