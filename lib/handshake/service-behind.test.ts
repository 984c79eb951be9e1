import { expect, test } from "vitest";
import { serviceAt, serviceOfNames } from "./service-behind.ts";

const payments = { id: "payments", hostNames: ["pay.example.test", "pay.internal"] };
const orders = { id: "orders", hostNames: ["orders.example.test"] };
const nameless = { id: "nameless", hostNames: [] };

test.each([
  { services: [], name: "pay.example.test", service: "", why: "there is none" },
  { services: [payments], name: null, service: "payments", why: "there is one only" },
  { services: [payments], name: "other.example.test", service: "payments", why: "there is one only" },
  { services: [payments, orders], name: "orders.example.test", service: "orders", why: "it has that name" },
  { services: [payments, orders], name: "Pay.Internal.", service: "payments", why: "names know no case" },
  { services: [payments, orders], name: "pay.internal:8443", service: "payments", why: "a port is no name" },
  { services: [payments, orders], name: null, service: "", why: "no name was said" },
  { services: [payments, orders], name: "_", service: "", why: "none has that name" },
  { services: [payments, nameless], name: "x.test", service: "", why: "nothing says which" },
  {
    services: [payments, { ...orders, hostNames: payments.hostNames }],
    name: "pay.internal",
    service: "",
    why: "two have that name",
  },
])("a handshake with the name $name is at '$service', because $why", ({ services, name, service }) => {
  expect(serviceAt(services, name)).toBe(service);
});

test.each([
  ["one of whose names it is", ["dns:api.example"], "api"],
  ["in other letters", ["dns:API.Example", "dns:else.example"], "api"],
  ["whose names are of two", ["dns:api.example", "dns:shop.example"], ""],
  ["whose names are of none", ["dns:other.example", "ip:192.0.2.1"], ""],
  ["without names", [], ""],
])("a certificate %s tells the service, or none", (_, names, service) => {
  const services = [
    { id: "api", hostNames: ["api.example"] },
    { id: "shop", hostNames: ["shop.example", "shop2.example"] },
  ];
  expect(serviceOfNames(services, names)).toBe(service);
});
