import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { curl } from "#e2e/fixtures/curl.ts";
import { type TestInstallation, testActor, testInstallation } from "#e2e/fixtures/installation.ts";
import { isInstalled } from "#e2e/fixtures/installed.ts";
import { type PlaneProcess, startProtocolPlane } from "#e2e/fixtures/protocol-plane.ts";
import { foundAuthorities } from "#lib/authority/founding.ts";
import { type Issuer, inlineIssuer } from "#lib/authority/issuer.ts";
import { ocspFigures } from "#lib/authority/ocsp-figures.ts";
import { holdCertificate, releaseCertificate, revokeCertificate } from "#lib/authority/revoke.ts";
import { generateKeyPair } from "#lib/x509/key.ts";
import { encodePem } from "#lib/x509/pem.ts";

/** What openssl and GnuTLS conclude from our answers, over a real protocol plane. */

const run = promisify(execFile);
const admin = testActor("admin");

let installation: TestInstallation;
let issuer: Issuer;
let plane: PlaneProcess;
let folder: string;
const file = (name: string) => join(folder, name);

interface Issued {
  id: string;
  serial: string;
  /** Path of its PEM. */
  path: string;
}

beforeAll(async () => {
  installation = await testInstallation();
  issuer = inlineIssuer(installation);
  folder = mkdtempSync(join(tmpdir(), "countersign-ocsp-"));
  await foundAuthorities(installation, admin, { organisation: "Example" });
  plane = await startProtocolPlane(installation.environment);
  const first = await issue("first");
  await untilAnswered(first);
});
afterAll(async () => {
  await plane?.stop();
  await issuer?.close();
  await installation?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Issues a certificate and writes it, its issuer and its root to files. */
async function issue(name: string): Promise<Issued> {
  const issued = await issuer.issue({
    profile: "client",
    key: await generateKeyPair("ecdsa-p256"),
    subject: [[{ type: "2.5.4.3", value: name }]],
    names: [{ type: "dns", value: `${name}.example` }],
    source: "api",
    actor: admin,
  });
  const path = file(`${name}.pem`);
  writeFileSync(path, encodePem("CERTIFICATE", issued.certificate));
  writeFileSync(file("issuer.pem"), encodePem("CERTIFICATE", issued.chain[0] ?? new Uint8Array()));
  const { status, body } = await curl(`${plane.httpUrl}/trust/clients.pem`);
  expect(status).toBe(200);
  writeFileSync(file("roots.pem"), `${body}\n`);
  return { id: issued.id, serial: issued.serial, path };
}

/** A responder is made within a second of the start. */
async function untilAnswered(certificate: Issued): Promise<void> {
  const until = Date.now() + 10_000;
  for (;;) {
    const { text } = await openssl(certificate);
    if (text.includes(": good")) return;
    if (Date.now() > until) throw new Error(text);
  }
}

/**
 * What `openssl ocsp` prints; it verifies the answer against our roots, and is not ok when it does not hold.
 *
 * @param certificates in files, or serial numbers
 */
async function openssl(
  certificates: Issued | (Issued | string)[],
  ...parameters: string[]
): Promise<{ ok: boolean; text: string }> {
  const asked = [certificates]
    .flat()
    .flatMap((each) => (typeof each === "string" ? ["-serial", each] : ["-cert", each.path]));
  const all = ["ocsp", ...parameters, "-issuer", file("issuer.pem"), ...asked];
  all.push("-url", `${plane.httpUrl}/ocsp`, "-CAfile", file("roots.pem"), "-timeout", "10");
  try {
    const { stdout, stderr } = await run("openssl", all);
    return { ok: stderr.includes("Response verify OK"), text: stdout + stderr };
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return { ok: false, text: stdout + stderr };
  }
}

/** From now on the plane, another process, answers by the newest state: it looks every 200 ms. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 400));

const HASHES = [
  ["SHA-1", ["-sha1"]],
  ["SHA-256", ["-sha256"]],
] as const;
const NONCES = [
  ["with a nonce", ["-nonce"]],
  ["without a nonce", ["-no_nonce"]],
] as const;

describe.each(HASHES)("openssl ocsp, %s", (hash, digest) => {
  test.each(NONCES)("over POST %s: good, held, released, revoked, unknown", async (nonce, wish) => {
    const certificate = await issue(`${hash}-${nonce.replaceAll(" ", "-")}`);
    const verdict = async () => {
      const { ok, text } = await openssl(certificate, ...digest, ...wish);
      expect(text).not.toContain("WARNING");
      if (!ok) throw new Error(text);
      return text;
    };
    expect(await verdict()).toContain(`${certificate.path}: good`);
    await holdCertificate(installation, admin, certificate.id, { comment: "" });
    await settled();
    const held = await verdict();
    expect(held).toContain(`${certificate.path}: revoked`);
    expect(held).toContain("Reason: certificateHold");
    await releaseCertificate(installation, admin, certificate.id, { comment: "" });
    await settled();
    expect(await verdict()).toContain(`${certificate.path}: good`);
    await revokeCertificate(installation, admin, certificate.id, { reason: "keyCompromise", comment: "" });
    await settled();
    const revoked = await verdict();
    expect(revoked).toContain(`${certificate.path}: revoked`);
    expect(revoked).toContain("Reason: keyCompromise");
    const { ok, text } = await openssl(["0x1234567890abcdef"], ...digest, ...wish);
    if (!ok) throw new Error(text);
    expect(text).toContain("0x1234567890abcdef: unknown");
  });
});

test("openssl asks for several certificates at once, and each has its own answer", async () => {
  const [good, revoked, other] = [await issue("one"), await issue("two"), await issue("three")];
  await revokeCertificate(installation, admin, revoked.id, { reason: "superseded", comment: "" });
  await settled();
  const { ok, text } = await openssl([good, revoked, other, "0x42"]);
  if (!ok) throw new Error(text);
  expect(text).toContain(`${good.path}: good`);
  expect(text).toContain(`${revoked.path}: revoked`);
  expect(text).toContain(`${other.path}: good`);
  expect(text).toContain("0x42: unknown");
});

test("openssl is told that we are not the one to ask about an authority of others", async () => {
  const certificate = await issue("lost");
  const other = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Other"];
  execFileSync("openssl", ["req", "-x509", ...other, "-keyout", file("x.key"), "-out", file("other.pem")], {
    stdio: "ignore",
  });
  const { text } = await openssl([], "-issuer", file("other.pem"), "-cert", certificate.path);
  expect(text).toContain("unauthorized");
});

/** The DER of a request, written by openssl. */
function requestOf({ path }: Issued, ...parameters: string[]): Buffer {
  const output = file("request.der");
  execFileSync("openssl", [
    ...["ocsp", ...parameters, "-issuer", file("issuer.pem"), "-cert", path, "-reqout", output],
  ]);
  return readFileSync(output);
}

/** What openssl makes of an answer that curl fetched. */
async function verified(answer: string, { path }: Issued): Promise<string> {
  const { stdout, stderr } = await run("openssl", [
    ...["ocsp", "-respin", answer, "-no_nonce", "-CAfile", file("roots.pem")],
    ...["-issuer", file("issuer.pem"), "-cert", path],
  ]);
  return stdout + stderr;
}

/** A request whose base64 holds what paths are easily mangled by. */
async function awkward(...parts: string[]): Promise<{ certificate: Issued; base64: string }> {
  for (let number = 0; number < 400; number++) {
    const certificate = await issue(`awkward-${parts.join("").length}-${number}`);
    const base64 = requestOf(certificate, "-no_nonce").toString("base64");
    if (parts.every((part) => base64.includes(part))) return { certificate, base64 };
  }
  throw new Error("no such request");
}

test("GET: the base64 of openssl's request in every form that clients use, fetched by curl", async () => {
  const { certificate, base64 } = await awkward("/", "+", "=");
  const bare = base64.replace(/=+$/, "");
  const forms = {
    "as it is": base64,
    "percent-encoded": encodeURIComponent(base64),
    "percent-encoded in lower case": encodeURIComponent(base64).replace(/%../g, (code) => code.toLowerCase()),
    "padding cut off": bare,
    "safe for URLs": base64.replaceAll("+", "-").replaceAll("/", "_"),
    "after a URL that ends with a slash": `/${base64}`,
    "a plus taken for a space": base64.replaceAll("+", "%20"),
  };
  for (const [form, text] of Object.entries(forms)) {
    const output = file("answer.der");
    const { status } = await curl("--path-as-is", "-o", output, `${plane.httpUrl}/ocsp/${text}`);
    expect({ form, status }).toMatchObject({ status: 200 });
    expect({ form, text: await verified(output, certificate) }).toMatchObject({
      text: expect.stringContaining(`${certificate.path}: good`),
    });
  }
});

test("GET: two slashes in a row survive", async () => {
  // 0xff 0xff 0xff is //// wherever it begins at a multiple of three, so one of three alignments does.
  const certificate = await issue("slashes");
  const plain = requestOf(certificate, "-no_nonce");
  const serial = Buffer.from(certificate.serial, "hex");
  const at = plain.indexOf(serial);
  const changed = Buffer.from(plain);
  changed.fill(0xff, at + 4, at + 10);
  const base64 = changed.toString("base64");
  expect(base64).toContain("//");
  const { status } = await curl("--path-as-is", "-o", file("slashes.der"), `${plane.httpUrl}/ocsp/${base64}`);
  expect(status).toBe(200);
  const { stdout } = await run("openssl", [
    "ocsp",
    "-respin",
    file("slashes.der"),
    "-noverify",
    "-resp_text",
  ]);
  // The serial number asked for is the one that is answered about.
  expect(stdout).toContain(
    changed
      .subarray(at, at + serial.length)
      .toString("hex")
      .toUpperCase(),
  );
  expect(stdout).toContain("Cert Status: unknown");
});

test("GET answers may be cached for seconds, and are asked again by their entity tag (RFC 5019 §6.2)", async () => {
  const certificate = await issue("cached");
  const base64 = requestOf(certificate, "-no_nonce").toString("base64");
  const url = `${plane.httpUrl}/ocsp/${encodeURIComponent(base64)}`;
  const first = await fetch(url);
  expect(first.headers.get("content-type")).toBe("application/ocsp-response");
  const maxAge = Number(/max-age=(\d+)/.exec(first.headers.get("cache-control") ?? "")?.[1]);
  expect(maxAge).toBeGreaterThan(0);
  expect(maxAge).toBeLessThanOrEqual(10);
  const life =
    Date.parse(first.headers.get("expires") ?? "") - Date.parse(first.headers.get("last-modified") ?? "");
  expect(life).toBe(3_600_000);
  const etag = first.headers.get("etag") ?? "";
  const again = await fetch(url, { headers: { "If-None-Match": etag } });
  expect(again.status).toBe(304);
  expect(again.headers.get("etag")).toBe(etag);
  await revokeCertificate(installation, admin, certificate.id, { reason: "superseded", comment: "" });
  await settled();
  const changed = await fetch(url, { headers: { "If-None-Match": etag } });
  expect(changed.status).toBe(200);
  expect(changed.headers.get("etag")).not.toBe(etag);
  // One with a nonce is nobody else's.
  const once = requestOf(certificate, "-nonce").toString("base64");
  const nonce = await fetch(`${plane.httpUrl}/ocsp/${encodeURIComponent(once)}`);
  expect(nonce.headers.get("cache-control")).toBe("no-store");
});

test("what is no OCSP request is refused in the words of RFC 6960, with status 200", async () => {
  const url = `${plane.httpUrl}/ocsp`;
  const post = (body: Uint8Array<ArrayBuffer>, type = "application/ocsp-request") =>
    fetch(url, { method: "POST", body, headers: { "Content-Type": type } });
  for (const body of [new Uint8Array(0), new Uint8Array(8193), Buffer.from("hello")]) {
    const answer = await post(Uint8Array.from(body));
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).toString("hex")).toBe("30030a0101");
  }
  for (const path of ["", "/", "/%%%", "/AAAA", `/${"A".repeat(20_000)}`]) {
    const { status } = await curl("--path-as-is", "-o", file("refused.der"), `${url}${path}`);
    expect({ path: path.slice(0, 10), status }).toMatchObject({ status: 200 });
    expect(readFileSync(file("refused.der")).toString("hex")).toBe("30030a0101");
  }
  expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(405);
  expect((await post(new Uint8Array(1), "text/html")).status).toBe(415);
  // Nobody minds a parameter, or that curl was told nothing.
  const certificate = await issue("types");
  const request = Uint8Array.from(requestOf(certificate, "-no_nonce"));
  for (const type of ["application/OCSP-Request; x=y", "application/x-www-form-urlencoded"]) {
    expect((await (await post(request, type)).arrayBuffer()).byteLength).toBeGreaterThan(200);
  }
  // Other paths are others' business.
  expect((await fetch(`${plane.httpUrl}/ocspx`)).status).toBe(404);
});

test("the https port answers the same", async () => {
  const certificate = await issue("secure");
  const request = file("secure-request.der");
  writeFileSync(request, requestOf(certificate, "-no_nonce"));
  const output = file("secure.der");
  const { status } = await curl(
    ...["--insecure", "-H", "Content-Type: application/ocsp-request", "--data-binary", `@${request}`],
    ...["-o", output, `${plane.httpsUrl}/ocsp`],
  );
  expect(status).toBe(200);
  expect(await verified(output, certificate)).toContain(`${certificate.path}: good`);
});

test.skipIf(!isInstalled("ocsptool"))(
  "GnuTLS ocsptool --ask: good, held, released, revoked, with and without nonce",
  async () => {
    const certificate = await issue("gnutls");
    const ask = async (nonce: string) => {
      const { stdout } = await run("ocsptool", [
        ...[`--ask=${plane.httpUrl}/ocsp`, nonce, "--load-cert", certificate.path],
        ...["--load-issuer", file("issuer.pem"), "--load-trust", file("roots.pem")],
      ]);
      expect(stdout).toContain("Verifying OCSP Response: Success");
      return stdout;
    };
    const verdicts = async () => [await ask("--nonce"), await ask("--no-nonce")];
    for (const text of await verdicts()) expect(text).toContain("Certificate Status: good");
    await holdCertificate(installation, admin, certificate.id, { comment: "" });
    await settled();
    for (const text of await verdicts()) expect(text).toMatch(/Certificate Status: revoked/);
    await releaseCertificate(installation, admin, certificate.id, { comment: "" });
    await settled();
    for (const text of await verdicts()) expect(text).toContain("Certificate Status: good");
    await revokeCertificate(installation, admin, certificate.id, { reason: "keyCompromise", comment: "" });
    await settled();
    for (const text of await verdicts()) expect(text).toMatch(/Certificate Status: revoked/);
  },
);

test("what was answered is told to Prometheus and to the console", async () => {
  const certificate = await issue("counted");
  await openssl([certificate, "0x77"]);
  const { body } = await curl(`${plane.httpUrl}/metrics`);
  expect(body).toMatch(/countersign_ocsp_responses_total\{authority="[^"]+",status="good"\} [1-9]/);
  expect(body).toMatch(/countersign_ocsp_responses_total\{authority="[^"]+",status="unknown"\} [1-9]/);
  expect(body).toMatch(/countersign_ocsp_seconds_bucket\{le="\+Inf"\} [1-9]/);
  expect(body).toMatch(/countersign_ocsp_responder_not_after_seconds\{authority="[^"]+"\} \d{10}/);
  await expect
    .poll(async () => (await ocspFigures(installation, admin)).perSecond, { timeout: 15_000 })
    .toBeGreaterThan(0);
  const figures = await ocspFigures(installation, admin);
  expect(figures.latencyMs?.p99).toBeLessThan(1000);
  const [counts] = Object.values(figures.authorities);
  expect(counts?.total.good).toBeGreaterThan(0);
});
