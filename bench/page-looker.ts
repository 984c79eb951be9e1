import process from "node:process";

/**
 * Somebody who looks through the inventory, page by page, as fast as the console renders: in a process of its own, as
 * a browser is, so that reading the pages does not disturb what is measured beside it. Ends with SIGTERM, and prints
 * how many milliseconds each page took.
 */
const [url = "", cookie = ""] = process.argv.slice(2);
const milliseconds: number[] = [];
let isOver = false;
process.on("SIGTERM", () => {
  isOver = true;
});
for (let number = 0; !isOver; number++) {
  const began = performance.now();
  const query = new URLSearchParams({ q: `h${number % 100}`, sort: "name" });
  const page = await fetch(`${url}/certificates?${query}`, { headers: { cookie }, redirect: "manual" });
  if (page.status !== 200) throw new Error(`the inventory answered ${page.status}`);
  await page.text();
  milliseconds.push(performance.now() - began);
}
process.stdout.write(JSON.stringify(milliseconds));
