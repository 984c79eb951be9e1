import { spawn } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type ServerAuthority,
  type ServerIdentity,
  serverAuthority,
} from "#e2e/fixtures/allowlist-server.ts";
import { runFetchScript, SHIP_SCRIPT } from "#e2e/fixtures/fetch-script.ts";
import { freePort } from "#e2e/fixtures/free-port.ts";
import { killed, randomNumbers, rotate } from "#e2e/fixtures/rotated-log.ts";
import { SEED, SHIPPED_LINES } from "#e2e/fixtures/sizes.ts";

const NAME = "countersign.example";
const TOKEN = `csp_${"a".repeat(43)}`;
const QUIET = { code: 0, said: "" };

let folder: string;
let authority: ServerAuthority;
let identity: ServerIdentity;
let ca: string;
let token: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-ship-"));
  authority = serverAuthority(join(folder, "authority"));
  identity = authority.certify(NAME);
  ca = join(folder, "servers.pem");
  token = join(folder, "edge.token");
  writeFileSync(ca, authority.certificate);
  writeFileSync(token, `${TOKEN}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const parameters = (port: number, state: string, ...more: string[]) => [
  ...["--plane", `127.0.0.1:${port}`, "--name", NAME, "--proxy", "edge"],
  ...["--ca", ca, "--token", token, "--state", state],
  ...more,
];

describe("one run after the other", () => {
  let server: Server;
  let port: number;
  /** Each request so far. */
  let asked: { id: string; body: string; url: string; authorization: string | undefined; at: number }[] = [];
  /** The answers to come; afterwards all is well. */
  let answers: { status: number; headers?: Record<string, string>; body?: string }[] = [];
  let here: string;
  let log: string;

  beforeAll(async () => {
    server = createServer(identity, async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      const sent = Buffer.concat(parts);
      const body = (request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent).toString();
      const { url = "", headers } = request;
      const id = String(headers["x-countersign-batch"]);
      asked.push({ id, body, url, authorization: headers.authorization, at: Date.now() });
      const answer = answers.shift() ?? { status: 200 };
      response.writeHead(answer.status, answer.headers).end(answer.body ?? '{"taken":1}');
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    here = mkdtempSync(join(folder, "case-"));
    log = join(here, "error.log");
    asked = [];
    answers = [];
  });

  const ship = (...more: string[]) =>
    runFetchScript(parameters(port, join(here, "state"), ...more, log), { script: SHIP_SCRIPT });
  const bodies = () => asked.map(({ body }) => body);

  test("whole lines are sent once, and the end of a line when it is there", async () => {
    writeFileSync(log, "one\ntwo\nthr");
    expect(await ship()).toEqual(QUIET);
    expect(await ship()).toEqual(QUIET);
    appendFileSync(log, "ee\n");
    expect(await ship()).toEqual(QUIET);
    expect(bodies()).toEqual(["one\ntwo\n", "three\n"]);
    expect(asked[0]).toMatchObject({ url: "/v1/ingest/edge", authorization: `Bearer ${TOKEN}` });
    expect(readdirSync(here).sort()).toEqual(["error.log", "state", "state.lock"]);
    expect(statSync(join(here, "state")).mode & 0o077).toBe(0);
  });

  test("what was written before a rotation by rename is sent, also when it happened twice meanwhile", async () => {
    writeFileSync(log, "1\n");
    await ship();
    appendFileSync(log, "2\n");
    renameSync(log, `${log}.2`);
    writeFileSync(`${log}.1`, "3\n");
    writeFileSync(log, "4\n");
    expect(await ship()).toEqual(QUIET);
    // Its writer had it open still.
    appendFileSync(`${log}.1`, "5\n");
    await ship();
    expect(bodies().join("")).toHaveLength(10);
    expect(bodies().join("").split("\n").sort().join("")).toBe("12345");
  });

  test("what was written before a rotation by copy and truncation is sent, also when the file is longer again", async () => {
    writeFileSync(log, "1\n");
    await ship();
    appendFileSync(log, "2\n");
    copyFileSync(log, `${log}.1`);
    await ship();
    truncateSync(log);
    appendFileSync(log, "3\n4\n5\n6\n");
    expect(await ship()).toEqual(QUIET);
    await ship();
    expect(bodies().join("").split("\n").sort().join("")).toBe("123456");
  });

  test.each([0, 2, 4, 6])("a copy of which %i octets are written is not another file", async (octets) => {
    writeFileSync(log, "1\n");
    await ship();
    appendFileSync(log, "2\n3\n");
    const whole = readFileSync(log);
    writeFileSync(`${log}.1`, whole.subarray(0, octets));
    await ship();
    writeFileSync(`${log}.1`, whole);
    await ship();
    writeFileSync(log, "4\n");
    await ship();
    expect(bodies().join("").split("\n").sort().join("")).toBe("1234");
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "a copy that becomes whole, and its log truncated, after what is listed for time %i",
    async (time) => {
      const calls = join(here, "calls");
      const programs = mkdtempSync(join(here, "bin-"));
      writeFileSync(
        join(programs, "ls"),
        `#!/bin/sh
PATH=\${PATH#*:} ls "$@"
echo >>'${calls}'
if [ "$(wc -l <'${calls}')" -eq ${time} ]; then
  cat '${log}' >'${log}.1'
  : >'${log}'
fi
`,
        { mode: 0o755 },
      );
      writeFileSync(log, "1\n");
      await ship();
      appendFileSync(log, "2\n3\n");
      writeFileSync(`${log}.1`, "1\n2");
      const all = parameters(port, join(here, "state"), log);
      const path = `${programs}:${process.env.PATH}`;
      for (let run = 0; run < 4; run++) await runFetchScript(all, { script: SHIP_SCRIPT, path });
      expect(readFileSync(log, "utf8")).toBe("");
      appendFileSync(log, "4\n");
      await ship();
      expect(bodies().join("").split("\n").sort().join("")).toBe("1234");
    },
  );

  test("a file that was compressed meanwhile is gone on with, and another one read as a whole", async () => {
    writeFileSync(log, "1\n");
    await ship();
    writeFileSync(`${log}.2.gz`, gzipSync("1\n2\n"));
    writeFileSync(`${log}.1.gz`, gzipSync("3\n4\n"));
    rmSync(log);
    writeFileSync(log, "5\n");
    expect(await ship()).toEqual(QUIET);
    await ship();
    expect(bodies().join("").split("\n").sort().join("")).toBe("12345");
  });

  /** A gzip that rotates the log once: when it unpacks for that time. @returns runs the script with it */
  const shipWhileRotating = (time: number) => {
    const calls = join(here, "calls");
    const programs = mkdtempSync(join(here, "bin-"));
    writeFileSync(
      join(programs, "gzip"),
      `#!/bin/sh
case $1 in -dc)
  echo >>'${calls}'
  if [ "$(wc -l <'${calls}')" -eq ${time} ]; then
    mv '${log}.1.gz' '${log}.2.gz'
    [ ! -e '${log}.next' ] || mv '${log}.next' '${log}.1.gz'
  fi ;;
esac
PATH=\${PATH#*:} exec gzip "$@"
`,
      { mode: 0o755 },
    );
    return () =>
      runFetchScript(parameters(port, join(here, "state"), log), {
        script: SHIP_SCRIPT,
        path: `${programs}:${process.env.PATH}`,
      });
  };
  const times = [1, 2, 3, 4, 5, 6, 7, 8];

  test.each(times)(
    "a new compressed file that gets another name when it is read for time %i",
    async (time) => {
      const shipRotating = shipWhileRotating(time);
      writeFileSync(log, "1\n");
      await ship();
      writeFileSync(`${log}.1.gz`, gzipSync("2\n3\n"));
      appendFileSync(log, "4\n");
      for (let run = 0; run < 3; run++) await shipRotating();
      expect(bodies().join("").split("\n").sort().join("")).toBe("1234");
    },
  );

  test.each(times)("a log that was compressed and is rotated when it is read for time %i", async (time) => {
    const shipRotating = shipWhileRotating(time);
    writeFileSync(log, "1\n");
    await ship();
    rmSync(log);
    writeFileSync(`${log}.1.gz`, gzipSync("1\n2\n"));
    writeFileSync(`${log}.next`, gzipSync("3\n"));
    writeFileSync(log, "4\n");
    for (let run = 0; run < 3; run++) await shipRotating();
    if (existsSync(`${log}.next`)) {
      // It did not unpack so often.
      renameSync(`${log}.1.gz`, `${log}.2.gz`);
      renameSync(`${log}.next`, `${log}.1.gz`);
    }
    await ship();
    expect(bodies().join("").split("\n").sort().join("")).toBe("1234");
  });

  test("what was rotated before the first run is not sent, and with --new-only nothing that was there", async () => {
    writeFileSync(`${log}.1`, "1\n");
    writeFileSync(`${log}.2.gz`, gzipSync("0\n"));
    writeFileSync(log, "2\n3");
    await ship("--new-only");
    expect(asked).toEqual([]);
    appendFileSync(log, "3\n4\n");
    await ship("--new-only");
    expect(bodies()).toEqual(["33\n4\n"]);
  });

  test("the last line of a rotated file is sent when nobody goes on with it", async () => {
    writeFileSync(log, "1\n2");
    await ship();
    renameSync(log, `${log}.1`);
    await ship();
    expect(bodies()).toEqual(["1\n"]);
    utimesSync(`${log}.1`, new Date(Date.now() - 300_000), new Date(Date.now() - 300_000));
    await ship();
    await ship();
    expect(bodies()).toEqual(["1\n", "2\n"]);
  });

  test("a batch that was not answered is sent again as it was, though the log has grown or is gone", async () => {
    writeFileSync(log, "1\n");
    answers = Array.from({ length: 4 }, () => ({ status: 503 }));
    const { code, said } = await ship();
    expect(code).toBe(1);
    expect(said).toMatch(/HTTP 503; it is sent next time\n$/);
    rmSync(log);
    writeFileSync(log, "2\n");
    expect(await ship()).toEqual(QUIET);
    expect(bodies()).toEqual(["1\n", "1\n", "1\n", "1\n", "1\n", "2\n"]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(2);
    expect(asked[4]?.id).toMatch(/^[0-9a-f]{16}-1-0-2-\d+$/);
  });

  test("Retry-After is obeyed", async () => {
    writeFileSync(log, "1\n");
    answers = [{ status: 429, headers: { "Retry-After": "3" } }];
    expect(await ship()).toEqual(QUIET);
    expect((asked[1]?.at ?? 0) - (asked[0]?.at ?? 0)).toBeGreaterThan(2_900);
  });

  test("of two logs the second is known before the first is sent: rotated meanwhile, it is sent", async () => {
    const second = join(here, "access.log");
    writeFileSync(log, "1\n");
    writeFileSync(second, "2\n");
    answers = Array.from({ length: 4 }, () => ({ status: 503 }));
    expect((await ship(second)).code).toBe(1);
    renameSync(second, `${second}.1`);
    writeFileSync(second, "3\n");
    expect(await ship(second)).toEqual(QUIET);
    expect([...new Set(bodies())].sort()).toEqual(["1\n", "2\n", "3\n"]);
  });

  test("a batch that is too large is cut anew, and a line that is longer than a batch is cut", async () => {
    const text = `${"a".repeat(150_000)}\n${"b\n".repeat(20_000)}`;
    writeFileSync(log, text);
    answers = [{ status: 413 }];
    expect(await ship("--batch-kib", "128")).toEqual(QUIET);
    expect(bodies().slice(1).join("")).toBe(text);
    expect(Math.max(...asked.slice(1).map(({ body }) => body.length))).toBeLessThanOrEqual(65_536);
  });

  test.each([
    [{ status: 401, body: "who\u001b[31m" }, /refused: 127\.0\.0\.1:\d+ answers HTTP 401: who \[31m\n$/],
    [{ status: 200, body: "<html>" }, /refused: what answers at 127\.0\.0\.1:\d+ is not Countersign\n$/],
  ])("when it is refused it says so and keeps what it has: %o", async (answer, sentence) => {
    writeFileSync(log, "1\n");
    answers = [answer];
    const { code, said } = await ship();
    expect(code).toBe(3);
    expect(said).toMatch(sentence);
    await ship();
    expect(asked[1]).toMatchObject({ id: asked[0]?.id, body: "1\n" });
  });

  test("names of logs may hold blanks, and a state that is damaged is not written over", async () => {
    log = join(here, "a  log of 'mine' $HOME");
    writeFileSync(log, "1\n");
    await ship();
    renameSync(log, `${log}.1`);
    writeFileSync(log, "2\n");
    await ship();
    expect(bodies()).toEqual(["1\n", "2\n"]);
    writeFileSync(join(here, "state"), "something else\n");
    expect((await ship()).code).toBe(6);
    expect(readFileSync(join(here, "state"), "utf8")).toBe("something else\n");
  });

  test("it explains itself, and says which parameter is wrong", async () => {
    expect((await ship("--help")).said).toMatch(/copytruncate/);
    expect(await ship("--interval", "soon")).toMatchObject({ code: 2 });
    expect((await ship("--batch", "1")).said).toMatch(/there is no parameter --batch/);
  });
});

describe("while both sides are killed", () => {
  test(`each of ${SHIPPED_LINES} lines arrives exactly once (seed ${SEED})`, async () => {
    const here = mkdtempSync(join(folder, "soak-"));
    const port = await freePort();
    const random = randomNumbers(SEED);
    const below = (bound: number) => Math.floor(random() * bound);
    const logs = ["error.log", "access.log"].map((name) => join(here, name)) as [string, string];
    writeFileSync(join(here, "server.pem"), identity.cert);
    writeFileSync(join(here, "server.key"), identity.key);

    let ended = false;
    const startServer = () =>
      spawn(process.execPath, [resolve("e2e/fixtures/ingest-server.ts"), here, String(port), "5"], {
        stdio: "ignore",
      });
    let said = "";
    const startShipper = () => {
      const shipper = spawn(
        "sh",
        [SHIP_SCRIPT, ...parameters(port, join(here, "state"), "--follow", "--batch-kib", "256", ...logs)],
        { stdio: ["ignore", "ignore", "pipe"] },
      );
      shipper.stderr.on("data", (text) => {
        said += text;
      });
      return shipper;
    };
    let server = startServer();
    let shipper = startShipper();
    // What is rotated before the first run is not sent.
    while (!existsSync(join(here, "state"))) await sleep(20);
    let kills = 0;
    const killer = (async () => {
      while (!ended) {
        await sleep(300 + below(2_500));
        kills++;
        if (random() < 0.6) {
          await killed(shipper);
          shipper = startShipper();
        } else {
          await killed(server);
          await sleep(below(1_500));
          server = startServer();
        }
      }
    })();

    let written = 0;
    let rotations = 0;
    const line = () =>
      `2026/03/01 12:00:00 [info] 17#17: *${written} client SSL certificate verify error: ${"x".repeat(below(80))} #${++written}\n`;
    while (written < SHIPPED_LINES) {
      const log = logs[below(2)] as string;
      let text = "";
      for (let count = 1 + below(SHIPPED_LINES / 100); count > 0 && written < SHIPPED_LINES; count--)
        text += line();
      // A part of the last line comes later, or in the middle of what a reader sees.
      const cut = text.length - below(40);
      appendFileSync(log, text.slice(0, cut));
      await sleep(below(60));
      appendFileSync(log, text.slice(cut));
      if (random() < 0.3) {
        rotations++;
        await rotate(log, random());
      }
      await sleep(below(200));
    }

    const counts = new Uint8Array(SHIPPED_LINES + 1);
    const read = new Set<string>();
    let lines = 0;
    const arrived = () => {
      for (const name of existsSync(join(here, "batches")) ? readdirSync(join(here, "batches")) : []) {
        if (read.has(name)) continue;
        read.add(name);
        for (const each of readFileSync(join(here, "batches", name), "utf8").split("\n")) {
          if (each === "") continue;
          const number = Number(/^2026.* #(\d+)$/.exec(each)?.[1] ?? 0);
          counts[number] = (counts[number] ?? 0) + 1;
          lines++;
        }
      }
      return lines;
    };
    for (let seconds = 0; seconds < 30 && arrived() < SHIPPED_LINES; seconds++) await sleep(1_000);
    ended = true;
    await killer;
    // As long as something comes.
    for (let seconds = 0, before = 0; seconds < 60 && arrived() < SHIPPED_LINES; seconds++) {
      if (lines > before) seconds = 0;
      before = lines;
      await sleep(1_000);
    }
    // Whatever would come twice comes now.
    await sleep(3_000);
    await killed(shipper);
    await killed(server);
    process.stdout.write(`${kills} kills, ${rotations} rotations, seed ${SEED}\n`);

    arrived();
    const wrong = [...counts.keys()].filter((number) => counts[number] !== (number === 0 ? 0 : 1));
    expect({ lines, wrong: wrong.slice(0, 10), said: said.slice(-2_000) }).toMatchObject({
      lines: SHIPPED_LINES,
      wrong: [],
    });
    expect(readdirSync(join(here, "batches")).filter((name) => name.startsWith("conflict"))).toEqual([]);
    expect(rotations).toBeGreaterThan(2);
  });

  test("a second run with the same state does nothing", async () => {
    const here = mkdtempSync(join(folder, "lock-"));
    const log = join(here, "log");
    writeFileSync(log, "");
    const all = parameters(1, join(here, "state"), "--follow", log);
    const first = spawn("sh", [SHIP_SCRIPT, ...all], { stdio: "ignore" });
    while (!existsSync(join(here, "state"))) await sleep(50);
    const second = await runFetchScript(all, { script: SHIP_SCRIPT });
    expect(second).toMatchObject({ code: 4 });
    expect(second.said).toMatch(/another run is at work/);
    await killed(first);
  });
});
