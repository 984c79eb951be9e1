/** Who has certificates in the demo: an energy company of middle size. */
export interface DemoService {
  name: string;
  profile: "server" | "client" | "both" | "short-lived-client";
  /** Life of each of its certificates. */
  days: number;
  owner: string;
  tags: string[];
  /** How many days ago it got its first certificate. */
  since: number;
  /** How many days ago it was switched off, and nobody renewed any more. */
  until?: number;
  /** Nobody did the last renewal: it is due. */
  forgotten?: boolean;
  /** Names besides the first. */
  more?: string[];
  notes?: string;
  keyAlgorithm?: "ecdsa-p256" | "ecdsa-p384" | "ed25519" | "rsa-2048";
}

export const DOMAIN = "northwind.example";

/** Services that are called by many, renewed by a program every two months. */
const FRONT: DemoService[] = [
  { name: "www", owner: "Web", tags: ["prod", "public"], since: 720, more: [""] },
  { name: "api", owner: "Platform", tags: ["prod", "public"], since: 720, more: ["api-eu", "api-us"] },
  { name: "payments", owner: "Payments", tags: ["pci", "prod"], since: 710 },
  { name: "login", owner: "Platform", tags: ["prod", "public"], since: 700 },
  { name: "metering", owner: "Metering", tags: ["prod"], since: 655, more: ["meters"] },
  { name: "billing", owner: "Payments", tags: ["pci", "prod"], since: 640 },
  { name: "shop", owner: "Web", tags: ["prod", "public"], since: 500 },
  { name: "status", owner: "Platform", tags: ["public"], since: 420 },
  { name: "partners", owner: "Platform", tags: ["prod"], since: 390, forgotten: true },
  { name: "forecast", owner: "Data", tags: ["prod"], since: 300 },
  { name: "charging", owner: "Charging", tags: ["prod"], since: 210 },
  { name: "legacy-shop", owner: "Web", tags: ["prod"], since: 725, until: 330, notes: "Replaced by shop." },
].map((service) => ({ profile: "server" as const, days: 90, ...service }));

/** Machines inside that get a year. */
const INSIDE: DemoService[] = [
  { name: "gitlab.int", owner: "Platform", tags: ["internal"], since: 690 },
  { name: "registry.int", owner: "Platform", tags: ["internal"], since: 680 },
  { name: "grafana.int", owner: "Platform", tags: ["internal"], since: 600, forgotten: true },
  {
    name: "vault.int",
    owner: "Security",
    tags: ["internal", "pci"],
    since: 560,
    keyAlgorithm: "ecdsa-p384" as const,
  },
  { name: "mail.int", owner: "Office IT", tags: ["internal"], since: 700, keyAlgorithm: "rsa-2048" as const },
  { name: "ldap.int", owner: "Office IT", tags: ["internal"], since: 520, keyAlgorithm: "rsa-2048" as const },
  { name: "print.int", owner: "Office IT", tags: [], since: 480, until: 200 },
  { name: "wiki.int", owner: "", tags: [], since: 410 },
  { name: "erp.int", owner: "Finance", tags: ["internal", "pci"], since: 395 },
  { name: "backup.int", owner: "Platform", tags: ["internal"], since: 310 },
].map((service) => ({ profile: "server" as const, days: 365, ...service }));

/** Programs that call others. */
const CLIENTS: DemoService[] = [
  { name: "billing-worker", owner: "Payments", tags: ["pci", "prod"], since: 640 },
  { name: "invoice-export", owner: "Finance", tags: ["prod"], since: 580 },
  { name: "reporting", owner: "Data", tags: ["prod"], since: 540 },
  { name: "etl-nightly", owner: "Data", tags: ["prod"], since: 430, forgotten: true },
  { name: "crm-sync", owner: "Web", tags: ["prod"], since: 400, until: 150 },
  {
    name: "grid-gateway",
    owner: "Metering",
    tags: ["prod"],
    since: 350,
    notes: "Talks to the grid operator; tell them before its names change.",
  },
  { name: "weather-feed", owner: "Data", tags: [], since: 260 },
  { name: "charge-controller", owner: "Charging", tags: ["prod"], since: 205 },
  { name: "mobile-backend", owner: "Web", tags: ["prod"], since: 160 },
  {
    name: "audit-collector",
    owner: "Security",
    tags: ["internal"],
    since: 90,
    keyAlgorithm: "ed25519" as const,
  },
].map((service) => ({ profile: "client" as const, days: 180, ...service }));

/** Workloads that are called and call. */
const WORKLOADS: DemoService[] = [
  { name: "orders", owner: "Web", tags: ["mesh", "prod"], since: 450 },
  { name: "stock", owner: "Web", tags: ["mesh", "prod"], since: 450 },
  { name: "tariffs", owner: "Payments", tags: ["mesh", "prod"], since: 380 },
  { name: "customers", owner: "Platform", tags: ["mesh", "prod"], since: 360 },
  { name: "notifications", owner: "Platform", tags: ["mesh"], since: 280, forgotten: true },
].map((service) => ({ profile: "both" as const, days: 120, ...service }));

/** Substations that got one certificate each in a roll-out, not all of them in time for the next. */
const SUBSTATIONS: DemoService[] = Array.from({ length: 36 }, (_, n) => ({
  name: `substation-${String(n + 1).padStart(3, "0")}`,
  profile: "client" as const,
  days: n % 3 === 0 ? 365 : 240,
  owner: "Field operations",
  tags: n % 4 === 0 ? ["field", "north"] : ["field", "south"],
  since: 470 - n * 11,
  ...(n % 5 === 2 ? { until: 170 } : {}),
}));

/** A build machine that asks every few days and never renews. */
const RUNNERS: DemoService[] = Array.from({ length: 24 }, (_, n) => ({
  name: `deploy-runner-${(n % 4) + 1}`,
  profile: "short-lived-client" as const,
  days: 7,
  owner: "Platform",
  tags: ["ci"],
  since: 58 - n * 2.5,
  until: 58 - n * 2.5 - 1,
}));

export const DEMO_SERVICES: readonly DemoService[] = [
  ...FRONT,
  ...INSIDE,
  ...CLIENTS,
  ...WORKLOADS,
  ...SUBSTATIONS,
  ...RUNNERS,
];
