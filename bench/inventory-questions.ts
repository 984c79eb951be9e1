/** A question to the inventory; the number of the request makes each a little different, as those of people are. */
export interface InventoryQuestion {
  path?: string;
  query: (number: number) => string[][];
  /** Until the first byte of the answer, not to its end. */
  untilFirstByte?: boolean;
}

const DAY = 86_400_000;
const WORDS = ["api", "billing", "gateway", "ledger", "orders", "search", "stock", "vault"];
const word = (number: number) => WORDS[number % WORDS.length] ?? "";
const date = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
const base64 = (text: string) => Buffer.from(text).toString("base64url");
const hexadecimal = (number: number, digits: number) =>
  (((number + 1) * 2_654_435_761) % 16 ** digits).toString(16).padStart(digits, "0");

/** Every kind of filter, search, order and page; each must answer within the bound. */
export const INVENTORY_QUESTIONS: Record<string, InventoryQuestion> = {
  "the newest": { query: () => [] },
  "by expiry": { query: () => [["sort", "expires"]] },
  "by name, backwards": { query: () => [["sort", "-name"]] },
  "200 on a page": { query: () => [["limit", "200"]] },
  "a page in the middle, by age": {
    query: (number) => [["after", `-added.${Date.now() - (300 + number) * DAY}.0`]],
  },
  "a page in the middle, by name": {
    query: (number) => [
      ["sort", "name"],
      ["after", `name.${base64(word(number))}.0`],
    ],
  },
  "a page in the middle, by expiry": {
    query: (number) => [
      ["sort", "expires"],
      ["before", `expires.${Date.now() + number * DAY}.0`],
    ],
  },
  "the last page": {
    query: () => [
      ["sort", "name"],
      ["before", "end"],
    ],
  },
  valid: { query: () => [["status", "valid"]] },
  "expired, by name": {
    query: () => [
      ["status", "expired"],
      ["sort", "name"],
    ],
  },
  "renewal due, by name": {
    query: () => [
      ["status", "due"],
      ["sort", "name"],
    ],
  },
  "not yet valid (almost none)": { query: () => [["status", "not-yet-valid"]] },
  "renewed, the newest": { query: () => [["status", "superseded"]] },
  "of an owner": {
    query: (number) => [
      ["owner", `team-${number * 3}`],
      ["sort", "name"],
    ],
  },
  "of an owner, renewal due": {
    query: (number) => [
      ["owner", `team-${number}`],
      ["status", "due"],
    ],
  },
  "with a tag, by name": {
    query: () => [
      ["tag", "staging"],
      ["sort", "name"],
    ],
  },
  "with a risk": { query: () => [["risk", "weak-key"]] },
  "of a foreign issuer, by name": {
    query: (number) => [
      ["issuer", `CN=Partner CA ${(number % 24) + 1},O=Partner ${(number % 24) + 1}`],
      ["sort", "name"],
    ],
  },
  "under a profile": {
    query: () => [
      ["profile", "client"],
      ["sort", "expires"],
    ],
  },
  "by algorithm and source": {
    query: () => [
      ["algorithm", "rsa-2048"],
      ["source", "import"],
    ],
  },
  "expiring within a week, by name": {
    query: (number) => [
      ["expires-from", date(number)],
      ["expires-to", date(number + 7)],
      ["sort", "name"],
    ],
  },
  authorities: { query: () => [["kind", "authority"]] },
  "name begins so (hundreds)": { query: (number) => [["q", `${word(number)}-${10 + number}`]] },
  "name begins so (tens of thousands)": { query: (number) => [["q", `${word(number)}-`]] },
  "name ends so (all)": {
    query: () => [
      ["q", "*.example.com"],
      ["sort", "name"],
    ],
  },
  "name ends so (hundreds)": { query: (number) => [["q", `.team-${number}.staging.example.com`]] },
  "name that nobody has": { query: (number) => [["q", `nobody-${number}`]] },
  "a percent sign": { query: () => [["q", "%"]] },
  "serial number, hexadecimal": { query: (number) => [["q", `4${hexadecimal(number, 7)}`]] },
  "serial number, decimal": { query: (number) => [["q", `${number}12345678901234567890`]] },
  "fingerprint with colons": {
    query: (number) => [
      [
        "q",
        hexadecimal(number, 8)
          .replaceAll(/(..)(?=.)/g, "$1:")
          .toUpperCase(),
      ],
    ],
  },
  "name and owner": {
    query: (number) => [
      ["q", "*.example.com"],
      ["owner", `team-${number}`],
    ],
  },
  "name and filter that exclude each other": {
    query: () => [
      ["q", "spiffe://example.com/staging"],
      ["tag", "production"],
    ],
  },
  "name and status that hardly meet": {
    query: () => [
      ["q", "spiffe:"],
      ["status", "not-yet-valid"],
    ],
  },
  "with the count: of an owner": {
    query: (number) => [
      ["owner", `team-${number}`],
      ["count", "true"],
    ],
  },
  "with the count: renewal due": {
    query: () => [
      ["status", "due"],
      ["count", "true"],
    ],
  },
  "with the count: name ends so": {
    query: () => [
      ["q", ".example.com"],
      ["count", "true"],
    ],
  },
  "CSV, first byte": { path: "/v1/certificates.csv", query: () => [], untilFirstByte: true },
  "CSV of a filter, first byte": {
    path: "/v1/certificates.csv",
    query: (number) => [
      ["owner", `team-${number}`],
      ["sort", "name"],
    ],
    untilFirstByte: true,
  },
};
