import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CrlServer, startCrlServer } from "#e2e/fixtures/crl-server.ts";
import {
  FETCH_SCRIPT,
  programsOfBusybox,
  programsWithout,
  runFetchScript,
} from "#e2e/fixtures/fetch-script.ts";
import { type OpensslAuthority, opensslAuthority } from "#e2e/fixtures/openssl-authority.ts";

/** The script against CRLs that openssl made and a server that does what each case needs. */

let folder: string;
let server: CrlServer;
let root: OpensslAuthority;
let issuing: OpensslAuthority;
/** Has the name of `issuing` and another key. */
let impostor: OpensslAuthority;
let stranger: OpensslAuthority;
let used = 0;
/** Files of the case at hand. */
let out: string;
let ca: string;
let reloads: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-fetch-"));
  server = await startCrlServer();
  root = opensslAuthority(join(folder, "root"), "Root");
  issuing = opensslAuthority(join(folder, "issuing"), "Clients");
  impostor = opensslAuthority(join(folder, "impostor"), "Clients");
  stranger = opensslAuthority(join(folder, "stranger"), "Stranger");
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  const here = mkdtempSync(join(folder, `case-${++used}-`));
  out = join(here, "clients.crl");
  ca = join(here, "clients.pem");
  reloads = join(here, "reloads");
  writeFileSync(ca, issuing.certificate + root.certificate);
});

const parameters = (...more: string[]) => [
  ...["--url", server.url, "--ca", ca, "--out", out, "--reload", `echo reloaded >> ${reloads}`],
  ...more,
];
const fetchCrl = (...more: string[]) => runFetchScript(parameters(...more));
const timesReloaded = () =>
  existsSync(reloads) ? readFileSync(reloads, "utf8").trim().split("\n").length : 0;
const inUse = () => readFileSync(out, "utf8");
const bundles = new Map<string, string>();
/** Made once: openssl takes its time. */
function bundle(number: number, revoked: string[] = []): string {
  const name = [number, ...revoked].join();
  const made = bundles.get(name) ?? issuing.crl({ number, revoked }) + root.crl({ number: 7 });
  bundles.set(name, made);
  return made;
}
const QUIET = { code: 0, said: "" };

describe("when all is well", () => {
  test("the first run puts every CRL in place and reloads, the next one hears 304 and does nothing", async () => {
    const [first, second] = [issuing.crl({ number: 5, revoked: ["0A"] }), root.crl({ number: 7 })];
    server.serve(first + second);
    expect(await fetchCrl()).toEqual(QUIET);
    expect(inUse()).toContain(first);
    expect(inUse()).toContain(second);
    expect(timesReloaded()).toBe(1);

    server.asked = [];
    expect(await fetchCrl()).toEqual(QUIET);
    expect(server.asked[0]).toMatchObject({
      "if-none-match": server.answer.headers.ETag,
      "if-modified-since": server.answer.headers["Last-Modified"],
    });
    expect(timesReloaded()).toBe(1);
    expect(readdirSync(join(out, "..")).filter((name) => name.includes("work"))).toEqual([]);
  });

  test("a higher number replaces the file and reloads; the mode of the file is kept", async () => {
    server.serve(bundle(255));
    await fetchCrl();
    chmodSync(out, 0o640);
    const next = bundle(256, ["0B"]);
    server.serve(next);
    expect(await fetchCrl()).toEqual(QUIET);
    expect(inUse()).toContain(next.slice(0, 200));
    expect(statSync(out).mode & 0o777).toBe(0o640);
    expect(timesReloaded()).toBe(2);
  });

  test("the same CRLs under another entity tag reload nothing", async () => {
    const same = bundle(5);
    server.serve(same);
    await fetchCrl();
    const { ino } = statSync(out);
    server.serve(`# written anew\n${same}`);
    expect(await fetchCrl()).toEqual(QUIET);
    expect(timesReloaded()).toBe(1);
    expect(statSync(out).ino).toBe(ino);
  });

  test("a file that somebody changed by hand is put right although the server has nothing new", async () => {
    server.serve(bundle(5));
    await fetchCrl();
    const right = inUse();
    writeFileSync(out, "");
    expect(await fetchCrl()).toEqual(QUIET);
    expect(inUse()).toBe(right);
    expect(timesReloaded()).toBe(2);
  });

  test("the file behind a symbolic link is replaced, not the link", async () => {
    symlinkSync(join(out, "..", "real.crl"), out);
    writeFileSync(join(out, "..", "real.crl"), "");
    server.serve(bundle(5));
    expect(await fetchCrl()).toEqual(QUIET);
    expect(lstatSync(out).isSymbolicLink()).toBe(true);
    expect(inUse()).toContain("X509 CRL");
  });

  test("an authority that has ended needs no CRL", async () => {
    const ended = opensslAuthority(join(folder, `ended-${used}`), "Ended", -30);
    writeFileSync(ca, issuing.certificate + root.certificate + ended.certificate);
    server.serve(bundle(5));
    expect(await fetchCrl()).toEqual(QUIET);
  });

  test("of two authorities with one name each has its CRL, told apart by the key", async () => {
    writeFileSync(ca, issuing.certificate + impostor.certificate + root.certificate);
    server.serve(bundle(5) + impostor.crl({ number: 3 }));
    expect(await fetchCrl()).toEqual(QUIET);
    // Lower than the other's, and not lower than its own.
    server.serve(bundle(6) + impostor.crl({ number: 4 }));
    expect(await fetchCrl()).toEqual(QUIET);
    expect(timesReloaded()).toBe(2);
  });
});

describe("several CRLs of one authority", () => {
  test("the highest number counts wherever it stands, also when it changes", async () => {
    const [old, current, newest] = [5, 16, 17].map((number) => issuing.crl({ number })) as [
      string,
      string,
      string,
    ];
    const ended = issuing.crl({ number: 4, beginsSeconds: -600, endsSeconds: -60 });
    const ofRoot = root.crl({ number: 7 });
    server.serve(current + old + ofRoot + ended);
    expect(await fetchCrl()).toEqual(QUIET);
    expect(inUse()).toContain(current);
    expect(inUse()).toContain(ofRoot);
    expect(inUse().match(/BEGIN X509 CRL/g)).toHaveLength(2);
    server.serve(old + newest + ofRoot);
    expect(await fetchCrl()).toEqual(QUIET);
    expect(inUse()).toContain(newest);
    expect(inUse().match(/BEGIN X509 CRL/g)).toHaveLength(2);
    expect(timesReloaded()).toBe(2);
    server.serve(old + ofRoot);
    expect(await fetchCrl()).toMatchObject({
      code: 3,
      said: expect.stringContaining("number 0x5, lower than 0x11"),
    });
  });

  test("one key under two names counts twice", async () => {
    const other = issuing.underName(join(folder, `other-${used}`), "Other");
    writeFileSync(ca, issuing.certificate + other.certificate + root.certificate);
    server.serve(bundle(9) + other.crl({ number: 3 }));
    expect(await fetchCrl()).toEqual(QUIET);
    expect(inUse().match(/BEGIN X509 CRL/g)).toHaveLength(3);
    server.serve(bundle(10) + other.crl({ number: 4 }));
    expect(await fetchCrl()).toEqual(QUIET);
    server.serve(bundle(11));
    expect(await fetchCrl()).toMatchObject({ code: 3, said: expect.stringContaining("Other") });
  });
});

describe("what must not be used is refused, and the file in use stays", () => {
  const REFUSALS: [what: string, body: () => string, said: RegExp][] = [
    [
      "a foreign signature under our name",
      () => impostor.crl({ number: 9 }) + root.crl({ number: 7 }),
      /not signed by the authority of that name/,
    ],
    [
      "a delta CRL",
      () => issuing.crl({ number: 6, partial: "delta" }) + root.crl({ number: 7 }),
      /CN *= *Clients is not a complete one/,
    ],
    [
      "a CRL for a part of the certificates",
      () => issuing.crl({ number: 6, partial: "users", revoked: ["0A"] }) + root.crl({ number: 7 }),
      /CN *= *Clients is not a complete one/,
    ],
    ["a lower number", () => bundle(4), /number 0x4, lower than 0x5 in use/],
    [
      "a CRL that has ended",
      () => issuing.crl({ number: 6, beginsSeconds: -600, endsSeconds: -60 }) + root.crl({ number: 7 }),
      /ended 6\d s ago/,
    ],
    [
      "a CRL that begins later",
      () => issuing.crl({ number: 6, beginsSeconds: 600 }) + root.crl({ number: 7 }),
      /begins in .*clock/,
    ],
    ["a bundle that lost an authority", () => issuing.crl({ number: 6 }), /has no CRL of CN *= *Root/],
    [
      "one with a changed octet",
      () => bundle(6).replace(/\n(.)(.{20})/, (_, first, rest) => `\n${first === "M" ? "N" : "M"}${rest}`),
      /CRL 1 of .* cannot be read/,
    ],
    ["half a bundle", () => bundle(6).slice(0, -100), /cut off/],
    ["a page of something else", () => "<html>Sign in</html>", /no CRL in PEM/],
    ["an empty answer", () => "", /no CRL in PEM/],
    [
      "certificates",
      () => issuing.certificate.replaceAll("CERTIFICATE", "X509 CRL") + bundle(6),
      /cannot be read/,
    ],
  ];

  test.each(REFUSALS)("%s", async (_, body, said) => {
    server.serve(bundle(5));
    await fetchCrl();
    const before = inUse();
    server.serve(body());
    const run = await fetchCrl();
    expect(run.code).toBe(3);
    expect(run.said).toMatch(said);
    expect(run.said.trim().split("\n")).toHaveLength(1);
    expect(inUse()).toBe(before);
    expect(timesReloaded()).toBe(1);
  });

  test("a lower number also without a memory of the file in use", async () => {
    server.serve(bundle(5));
    await fetchCrl();
    rmSync(`${out}.state`);
    server.serve(bundle(4));
    expect(await fetchCrl()).toMatchObject({ code: 3, said: expect.stringContaining("lower") });
  });

  test("a bundle without the root is not put in place at first either", async () => {
    server.serve(issuing.crl({ number: 5 }));
    expect(await fetchCrl()).toMatchObject({ code: 3, said: expect.stringContaining("Root") });
    expect(existsSync(out)).toBe(false);
    expect(timesReloaded()).toBe(0);
  });

  test("a CRL of an authority that we do not know is left out, the others are used, and the run says so", async () => {
    const foreign = stranger.crl({ number: 1 });
    server.serve(bundle(5) + foreign);
    const again = { code: 5, said: expect.stringContaining("Stranger") };
    expect(await fetchCrl()).toMatchObject(again);
    expect(inUse()).not.toContain(foreign);
    expect(inUse().match(/BEGIN X509 CRL/g)).toHaveLength(2);
    expect(timesReloaded()).toBe(1);
    // It stays loud, and reloads nothing more.
    expect(await fetchCrl()).toMatchObject(again);
    expect(timesReloaded()).toBe(1);
  });

  test("an address that does not exist is said at once", async () => {
    server.serve(bundle(5));
    await fetchCrl();
    server.answer = { status: 404, body: "no such bundle", headers: {}, cutAfter: null };
    expect(await fetchCrl()).toMatchObject({ code: 3, said: expect.stringContaining("HTTP 404") });
  });
});

describe("fetching that fails", () => {
  test("is quiet while the file in use lasts", async () => {
    server.serve(bundle(5));
    await fetchCrl();
    server.answer = { status: 503, body: "", headers: {}, cutAfter: null };
    expect(await fetchCrl()).toEqual(QUIET);
    expect(await fetchCrl("--verbose")).toMatchObject({ code: 0, said: expect.stringContaining("HTTP 503") });
    await server.stop();
    expect(await fetchCrl()).toEqual(QUIET);
    await server.start();
    server.serve(bundle(6));
    server.answer.cutAfter = 300;
    expect(await fetchCrl()).toEqual(QUIET);
  });

  test("a CRL that begins in some seconds is waited for: clocks differ by that much", async () => {
    server.serve(bundle(5));
    await fetchCrl();
    const before = inUse();
    server.serve(issuing.crl({ number: 6, beginsSeconds: 20 }) + root.crl({ number: 7 }));
    expect(await fetchCrl()).toEqual(QUIET);
    expect(inUse()).toBe(before);
  });

  test("is loud at once when there is no file yet", async () => {
    server.answer = { status: 503, body: "", headers: {}, cutAfter: null };
    expect(await fetchCrl()).toMatchObject({ code: 1, said: expect.stringContaining("HTTP 503") });
    expect(existsSync(out)).toBe(false);
  });

  test("is loud from the half of a CRL's life on, and well before its end", async () => {
    const LIFE_SECONDS = 120;
    const short = (age: number) =>
      issuing.crl({ number: 5, beginsSeconds: -age, endsSeconds: LIFE_SECONDS - age }) +
      root.crl({ number: 7 });
    server.serve(short(50));
    expect(await fetchCrl()).toEqual(QUIET);
    await server.stop();
    expect(await fetchCrl()).toEqual(QUIET);
    await server.start();

    rmSync(out);
    server.serve(short(61));
    // What the server has is young enough for as long as it answers.
    expect(await fetchCrl()).toEqual(QUIET);
    await server.stop();
    const run = await fetchCrl();
    await server.start();
    expect(run.code).toBe(1);
    expect(run.said).toMatch(/cannot fetch http.*CN *= *Clients.* ends in 5\d s.* refuses every client/);
  });

  test("the end of life is said although the server answers, when it has nothing newer", async () => {
    server.serve(issuing.crl({ number: 5, beginsSeconds: -100, endsSeconds: 20 }) + root.crl({ number: 7 }));
    const late = { code: 1, said: expect.stringContaining("nothing newer") };
    expect(await fetchCrl()).toMatchObject(late);
    expect(await fetchCrl()).toMatchObject(late);
    expect(inUse()).toContain("X509 CRL");
    // Late is better than what was there before: the proxy has it.
    expect(timesReloaded()).toBe(1);
  });

  test("--warn-seconds says how long before the end it is loud", async () => {
    server.serve(bundle(5));
    await fetchCrl();
    server.answer = { status: 503, body: "", headers: {}, cutAfter: null };
    expect(await fetchCrl("--warn-seconds", "3000")).toEqual(QUIET);
    expect(await fetchCrl("--warn-seconds", "3700")).toMatchObject({ code: 1 });
  });

  test("a CRL that ended is called by its name", async () => {
    server.serve(bundle(5));
    await fetchCrl();
    writeFileSync(
      out,
      issuing.crl({ number: 5, beginsSeconds: -600, endsSeconds: -300 }) + root.crl({ number: 7 }),
    );
    server.answer = { status: 503, body: "", headers: {}, cutAfter: null };
    const run = await fetchCrl();
    expect(run).toMatchObject({ code: 1, said: expect.stringMatching(/ended 5 minutes ago.*refuses every/) });
  });
});

describe("reloading", () => {
  test("one that failed is said, and tried again although nothing is new", async () => {
    server.serve(bundle(5));
    const broken = parameters();
    broken[broken.indexOf("--reload") + 1] = "echo no such unit >&2; exit 7";
    expect(await runFetchScript(broken)).toMatchObject({
      code: 4,
      said: expect.stringContaining("no such unit"),
    });
    expect(inUse()).toContain("X509 CRL");
    expect(await fetchCrl()).toEqual(QUIET);
    expect(timesReloaded()).toBe(1);
    expect(await fetchCrl()).toEqual(QUIET);
    expect(timesReloaded()).toBe(1);
  });

  test("a daemon that the command starts does not keep the lock", async () => {
    server.serve(bundle(5));
    const pid = join(out, "..", "pid");
    const starting = parameters();
    starting[starting.indexOf("--reload") + 1] = `sleep 30 & echo $! > ${pid}`;
    expect(await runFetchScript(starting)).toEqual(QUIET);
    server.serve(bundle(6));
    expect(await fetchCrl()).toEqual(QUIET);
    expect(timesReloaded()).toBe(1);
    process.kill(Number(readFileSync(pid, "utf8")));
  });
});

describe("two at once, and ones that are killed", () => {
  /** Holds the lock of either kind until its stdin ends. */
  const HELD = 'exec 9>>"$0.lock"; flock 9; echo "$1" >"$0.run"; echo held; read end; rm "$0.run"';
  /** What a run without flock writes into its lock. */
  function lockOf(pid: number, identity = identityOf(pid)): string {
    return `${pid} ${Math.floor(Date.now() / 1000)} ${identity}`;
  }
  /** The boot, and when in it the process began. */
  function identityOf(pid: number): string {
    const began = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}-${began}`;
  }
  const LOCKS: [string, string[]][] = [
    ["with flock", []],
    ["without flock", ["flock"]],
  ];

  test.each(LOCKS)("of two runs one works and the other leaves it to it, %s", async (_, without) => {
    const path = programsWithout(join(out, "..", "bin"), ...without);
    server.serve(bundle(4));
    await runFetchScript(parameters(), { path });
    server.serve(bundle(5));
    const slow = parameters("--verbose");
    slow[slow.indexOf("--reload") + 1] = `sleep 1; echo reloaded >> ${reloads}`;
    const runs = await Promise.all([runFetchScript(slow, { path }), runFetchScript(slow, { path })]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs.filter(({ said }) => said.includes("another run"))).toHaveLength(1);
    expect(timesReloaded()).toBe(2);
  });

  /** The moments in a run, as what its programs are asked for; `first` is done before the program hangs. */
  const MOMENTS: { name: string; program: string; asked: string; first: string; isReplaced: boolean }[] = [
    { name: "while it fetches", program: "curl", asked: "*", first: ":", isReplaced: false },
    {
      name: "with half of the replacement written",
      program: "cat",
      asked: "*/bundle",
      first: 'PATH=/usr/bin:/bin head -c 100 "$1"',
      isReplaced: false,
    },
    {
      name: "before the replacement",
      program: "mv",
      asked: "*/replacement*",
      first: ":",
      isReplaced: false,
    },
    {
      name: "after the replacement",
      program: "mv",
      asked: "*/replacement*",
      first: '"$REAL" "$@"',
      isReplaced: true,
    },
    {
      name: "before its state is written",
      program: "mv",
      asked: "*.work.*/state*",
      first: ":",
      isReplaced: true,
    },
  ];
  for (const { name, program, asked, first, isReplaced } of MOMENTS)
    test.each(LOCKS)(`a run killed ${name} leaves no lock and never half a file, %s`, async (_, without) => {
      const path = programsWithout(join(out, "..", "bin"), ...without);
      const run = () => runFetchScript(parameters("--verbose"), { path });
      server.serve(bundle(1));
      await run();
      const before = inUse();

      const [place, there] = [join(path, program), join(out, "..", "there")];
      const real = readlinkSync(place);
      rmSync(place);
      writeFileSync(
        place,
        `#!/bin/sh\nREAL=${real}\ncase $* in ${asked}) ${first}; : >${there}; exec sleep 60 ;; esac\nexec $REAL "$@"\n`,
        { mode: 0o755 },
      );
      server.serve(bundle(2));
      const child = spawn("sh", [FETCH_SCRIPT, ...parameters()], {
        env: { ...process.env, PATH: path },
        stdio: "ignore",
        detached: true,
      });
      const gone = once(child, "exit");
      const { pid } = child;
      if (pid === undefined) throw new Error("sh could not be started");
      await expect.poll(() => existsSync(there), { timeout: 30_000, interval: 10 }).toBe(true);
      // With all that it started, as a machine that loses its power does.
      process.kill(-pid, "SIGKILL");
      await gone;
      expect(inUse().match(/-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----\n/g)).toHaveLength(2);
      expect(inUse() !== before).toBe(isReplaced);
      expect(timesReloaded()).toBe(1);

      rmSync(place);
      symlinkSync(real, place);
      // What it started may hold the lock for a moment longer.
      let next = await run();
      for (let tries = 0; next.said.includes("another run") && tries < 50; tries++) next = await run();
      expect(next).toMatchObject({ code: 0, said: expect.stringContaining("reloaded") });
      expect(inUse()).not.toBe(before);
      expect(timesReloaded()).toBe(2);
      expect(readdirSync(join(out, "..")).filter((each) => /\.(work|run|reload-due)/.test(each))).toEqual([]);
    });

  test("a run that hangs does not hide that the file ends", async () => {
    server.serve(issuing.crl({ number: 5, beginsSeconds: -100, endsSeconds: 20 }) + root.crl({ number: 7 }));
    const hanging = parameters();
    hanging[hanging.indexOf("--reload") + 1] = "sleep 2";
    const first = runFetchScript(hanging);
    await expect.poll(() => existsSync(`${out}.state`), { timeout: 20_000 }).toBe(true);
    const second = await fetchCrl();
    await first;
    expect(second).toMatchObject({ code: 1, said: expect.stringContaining("another run") });
  });

  test.each(LOCKS)(
    "nor does it hide that there is no CRL yet, or one that no state tells of, %s",
    async (_, without) => {
      const path = programsWithout(join(out, "..", "bin"), ...without);
      const holder = spawn("sh", ["-c", HELD, out, lockOf(process.pid)], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      await once(holder.stdout, "data");
      server.serve(bundle(5));
      const none = await runFetchScript(parameters(), { path });
      writeFileSync(out, bundle(5));
      const lasting = await runFetchScript(parameters(), { path });
      writeFileSync(
        out,
        issuing.crl({ number: 5, beginsSeconds: -100, endsSeconds: 20 }) + root.crl({ number: 7 }),
      );
      const ending = await runFetchScript(parameters(), { path });
      holder.stdin.end();
      await once(holder, "exit");
      expect(none).toMatchObject({ code: 1, said: expect.stringMatching(/another run.*holds no CRL/) });
      expect(lasting).toEqual(QUIET);
      expect(ending).toMatchObject({ code: 1, said: expect.stringMatching(/another run.* ends in/) });
    },
  );

  const OLD_LOCKS: [string, () => string][] = [
    ["of a process that is gone", () => "4194399 1700000000 x"],
    ["whose number another process has by now", () => lockOf(process.pid, "another boot-1")],
    ["that names a process and nothing more", () => String(process.pid)],
    ["that is empty", () => ""],
  ];
  test.each(OLD_LOCKS)("a lock %s is taken over without flock, by one run only", async (_, lock) => {
    const path = programsWithout(join(out, "..", "bin"), "flock");
    writeFileSync(`${out}.run`, lock());
    server.serve(bundle(5));
    expect(await runFetchScript(parameters(), { path })).toEqual(QUIET);
    expect(timesReloaded()).toBe(1);

    server.serve(bundle(6));
    writeFileSync(`${out}.run`, lock());
    const slow = parameters("--verbose");
    slow[slow.indexOf("--reload") + 1] = `sleep 1; echo reloaded >> ${reloads}`;
    const runs = await Promise.all([1, 2, 3, 4, 5, 6].map(() => runFetchScript(slow, { path })));
    expect(runs.map(({ code, said }) => (code === 0 ? 0 : said))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(runs.filter(({ said }) => said.includes("reloaded"))).toHaveLength(1);
    expect(readdirSync(join(out, "..")).filter((name) => /\.(run|work)/.test(name))).toEqual([]);
  });
});

describe("other machines", () => {
  const BUSYBOX = ["/bin/busybox", "/usr/bin/busybox"].find((file) => existsSync(file));
  const SMALL: [string, boolean, (folder: string) => string][] = [
    ["GNU's", false, (here) => programsWithout(here, "curl")],
    ["BusyBox's", BUSYBOX === undefined, (here) => programsOfBusybox(here, BUSYBOX ?? "")],
  ];
  for (const [whose, isMissing, programs] of SMALL) {
    test.skipIf(isMissing)(
      `without curl it is wget, ${whose}: first, unchanged, new, refused, broken off, gone`,
      async () => {
        const path = programs(join(out, "..", "bin"));
        const run = (...more: string[]) =>
          runFetchScript(parameters(...more), { path, shell: [join(path, "sh")] });
        server.serve(bundle(5));
        expect(await run()).toEqual(QUIET);
        server.asked = [];
        expect(await run()).toEqual(QUIET);
        expect(server.asked[0]?.["if-none-match"]).toBe(server.answer.headers.ETag);
        server.serve(bundle(6));
        expect(await run()).toEqual(QUIET);
        expect(timesReloaded()).toBe(2);
        server.serve(bundle(4));
        expect(await run()).toMatchObject({ code: 3 });
        server.serve(bundle(7));
        server.answer.cutAfter = 300;
        expect(await run()).toEqual(QUIET);
        server.answer = { status: 503, body: "", headers: {}, cutAfter: null };
        expect(await run()).toEqual(QUIET);
        await server.stop();
        expect(await run()).toEqual(QUIET);
        const late = await run("--warn-seconds", "5000");
        await server.start();
        expect(late).toMatchObject({ code: 1, said: expect.stringContaining("Connection refused") });
        expect(inUse()).toContain("X509 CRL");
      },
    );
  }

  test("without either it says so", async () => {
    const path = programsWithout(join(out, "..", "bin"), "curl", "wget");
    expect(await runFetchScript(parameters(), { path })).toMatchObject({
      code: 2,
      said: expect.stringContaining("neither curl nor wget"),
    });
  });

  const SHELLS = [["dash"], ["bash", "--posix"]].filter(([program = ""]) =>
    (process.env.PATH ?? "").split(":").some((place) => existsSync(join(place, program))),
  );
  test.each(SHELLS)("%s reads it", async (...shell) => {
    server.serve(bundle(5));
    expect(await runFetchScript(parameters(), { shell })).toEqual(QUIET);
    server.serve(bundle(4));
    expect(await runFetchScript(parameters(), { shell })).toMatchObject({ code: 3 });
  });

  const WRONG: [string, string[], string][] = [
    ["an address that is none", ["--url", "clients.pem"], "--url"],
    ["a file of authorities that is not there", ["--ca", "/nowhere/clients.pem"], "--ca"],
    ["a parameter that there is not", ["--force"], "--force"],
    ["a number that is none", ["--warn-seconds", "soon"], "--warn-seconds"],
  ];
  test.each(WRONG)("%s is a wrong parameter", async (_, more, named) => {
    expect(await fetchCrl(...more)).toMatchObject({ code: 2, said: expect.stringContaining(named) });
  });

  test("--help tells the parameters and what each exit code means", async () => {
    const { code, said } = await runFetchScript(["--help"]);
    expect(code).toBe(0);
    expect(said).toContain("--warn-seconds N");
    expect(said).toMatch(/\n {2}4 {2}the new file is in place/);
  });
});
