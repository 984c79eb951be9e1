import type { Load } from "./load.ts";

/** A line about a load. */
export function row(label: string, result: Load): string {
  return `  ${label.padEnd(52)} ${result.perSecond.toFixed(0).padStart(7)}/s   p50 ${result.p50Ms.toFixed(1)} ms   p99 ${result.p99Ms.toFixed(1)} ms`;
}

/** Prints whether a figure is as it must be. @returns whether it is */
export function verdict(
  print: (line: string) => void,
  what: string,
  value: number,
  bound: number,
  sense: ">=" | "<",
): boolean {
  const reached = sense === ">=" ? value >= bound : value < bound;
  print(`  ${reached ? "reached" : "MISSED "}  ${what}: ${value.toFixed(2)} (must be ${sense} ${bound})`);
  return reached;
}
