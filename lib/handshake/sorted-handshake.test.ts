import { expect, test } from "vitest";
import { diagnose } from "./diagnose.ts";
import { inventoryOf } from "./inventory-in-memory.ts";
import { UNKNOWN_PROXY } from "./inventory-view.ts";
import { joined } from "./joining.ts";
import type { LoggingProxy } from "./observation.ts";
import { parseLines } from "./parse-lines.ts";
import { type SortedHandshake, sortedHandshake } from "./sorted-handshake.ts";
import { WORLD } from "./testdata/small-world.ts";

const SERVICES = [
  { id: "depot", hostNames: ["depot.hekla.example"] },
  { id: "quay", hostNames: ["quay.hekla.example"] },
];
const inventory = inventoryOf(WORLD, []);

async function sorted(kind: LoggingProxy, lines: readonly string[]): Promise<SortedHandshake[]> {
  const { observed } = await parseLines(lines, kind, Date.parse("2031-03-04T06:00:00Z"));
  return joined(observed).map((each) =>
    sortedHandshake(each, diagnose(each, inventory, UNKNOWN_PROXY), inventory, SERVICES),
  );
}

const request = (fields: Record<string, string>) =>
  JSON.stringify({
    ...{
      time: "2031-03-04T05:06:07+00:00",
      connection: "71",
      remote_addr: "192.0.2.9",
      remote_port: "50123",
    },
    ...{ ssl_server_name: "depot.hekla.example", status: "200", ssl_protocol: "TLSv1.3", ...fields },
    ...{ ssl_client_verify: fields.ssl_client_verify ?? "SUCCESS", ssl_session_reused: fields.reused ?? "." },
  });
const TRUCK = {
  ssl_client_s_dn: "CN=truck,O=Hekla Freight,C=IS",
  ssl_client_i_dn: "CN=Hekla Issuing,O=Hekla Freight,C=IS",
};
const names = async (kind: LoggingProxy, line: string) => (await sorted(kind, [line]))[0]?.succeeded?.names;

test("a success is called as a failure of the same would be, whoever knew its former certificate", async () => {
  const [failure] = await sorted("nginx", [
    request({ ...TRUCK, status: "400", ssl_client_verify: "FAILED:certificate has expired" }),
  ]);
  const { client } = failure?.failed?.diagnosis ?? expect.fail("no failure");
  expect(client).toEqual({ id: "c1", name: "Truck computers" });
  expect((await sorted("nginx", [request(TRUCK)]))[0]?.succeeded).toMatchObject({
    ...{ clientId: "c1", certificateId: "truck", serviceId: "depot", direction: "inbound" },
    names: ["Truck computers", "truck", TRUCK.ssl_client_s_dn],
  });
  // A fingerprint that nobody knows is a stranger's, whatever its names are.
  expect(await names("nginx", request({ ...TRUCK, ssl_client_fingerprint: "5a".repeat(20) }))).toEqual([
    TRUCK.ssl_client_s_dn,
  ]);
  const caddy = JSON.stringify({
    ...{ level: "info", ts: 1930367167, logger: "http.log.access", msg: "handled request", status: 200 },
    request: {
      ...{ remote_ip: "192.0.2.9", remote_port: "50123", host: "quay.hekla.example" },
      tls: { version: 772, server_name: "quay.hekla.example", client_common_name: "crane 7" },
    },
  });
  expect(await names("caddy", caddy)).toEqual(["crane 7"]);
});

test("a failure of a stranger has its subject for a name, and so has its success", async () => {
  const stranger = { ssl_client_s_dn: "CN=visitor,O=Elsewhere", ssl_client_i_dn: "CN=Elsewhere CA" };
  const refused = { status: "400", ssl_client_verify: "FAILED:unable to verify the first certificate" };
  const [failure] = await sorted("nginx", [request({ ...stranger, ...refused })]);
  const name = failure?.failed?.diagnosis.client?.name ?? expect.fail("no name");
  const later = { ...stranger, ssl_client_i_dn: "CN=Hekla Issuing,O=Hekla Freight,C=IS" };
  expect(await names("nginx", request(later))).toContain(name);
});

test("a failure is at the service whose name was asked for, and has its lines and the client's address", async () => {
  const line = request({ ...TRUCK, status: "400", ssl_client_verify: "FAILED:certificate has expired" });
  const [{ failed, succeeded } = {}] = await sorted("nginx", [line]);
  expect(failed).toMatchObject({ serviceId: "depot", peer: "192.0.2.9", tls: "1.3", lines: [line] });
  expect(succeeded).toBeUndefined();
});

test("a client may come in whose request fails at the upstream", async () => {
  const error =
    '2031/03/04 05:06:07 [error] 7#7: *71 upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream, client: 192.0.2.9, server: depot.hekla.example, request: "GET / HTTP/1.1", upstream: "https://198.51.100.4:8443/", host: "depot.hekla.example"';
  const [both] = await sorted("nginx", [
    error,
    request({ ...TRUCK, status: "200", upstream_addr: "198.51.100.4:8443, 198.51.100.5:8443" }),
  ]);
  expect(both?.failed).toMatchObject({ serviceId: "depot", peer: "198.51.100.4:8443" });
  expect(both?.failed?.diagnosis).toMatchObject({
    cause: "upstream-certificate-expired",
    direction: "upstream",
  });
  expect(both?.succeeded).toMatchObject({ direction: "inbound", clientId: "c1", upstream: null });
  const [well] = await sorted("nginx", [request({ ...TRUCK, upstream_addr: "198.51.100.4:8443" })]);
  expect(well?.succeeded).toMatchObject({ direction: "inbound", upstream: "198.51.100.4:8443" });
});

test("who resumes a session, or goes on with a connection, was not looked at again", async () => {
  expect(await sorted("nginx", [request({ ...TRUCK, reused: "r" })])).toEqual([{}]);
  expect(await sorted("nginx", [request({ ...TRUCK, connection_requests: "2" })])).toEqual([{}]);
  const [first] = await sorted("nginx", [
    request({ ...TRUCK, connection_requests: "1" }),
    request({ ...TRUCK, connection_requests: "2" }),
  ]);
  expect(first?.succeeded).toMatchObject({ clientId: "c1" });
});

test("a handshake that only began is neither", async () => {
  const began = JSON.stringify({
    ...{ level: "debug", ts: 1930367167, logger: "tls.handshake", msg: "matched certificate in cache" },
    ...{
      remote_ip: "192.0.2.9",
      remote_port: "50123",
      subjects: ["depot.hekla.example"],
      expiration: 1999999999,
    },
  });
  expect(await sorted("caddy", [began])).toEqual([{}]);
});

test("a handshake with an upstream that went well is that of nobody", async () => {
  const lines = [
    "2031.03.04 05:06:07 LOG7[9]: Service [depot] started",
    "2031.03.04 05:06:07 LOG6[9]: s_connect: connected 198.51.100.4:8443",
    "2031.03.04 05:06:07 LOG6[9]: TLS connected: new session negotiated",
  ];
  const found = (await sorted("stunnel", lines)).flatMap(({ succeeded }) => succeeded ?? []);
  expect(found).toMatchObject([
    { direction: "upstream", peer: "198.51.100.4:8443", names: [], clientId: null },
  ]);
});
