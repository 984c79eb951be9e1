import { expect, test } from "vitest";
import { type ChainLine, chainLines } from "#components/audit/chain-answer.ts";

function bodyOf(...pieces: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
}

async function read(...pieces: string[]): Promise<ChainLine[]> {
  const lines: ChainLine[] = [];
  for await (const line of chainLines(bodyOf(...pieces))) lines.push(line);
  return lines;
}

test("lines are read wherever the network cuts them", async () => {
  const text = '{"progress":{"checked":1,"total":2}}\n{"failure":"no"}\n';
  const expected = [{ progress: { checked: 1, total: 2 } }, { failure: "no" }];
  expect(await read(text)).toEqual(expected);
  for (let cut = 1; cut < text.length; cut++) {
    expect(await read(text.slice(0, cut), text.slice(cut))).toEqual(expected);
  }
});

test("an answer that breaks off is not taken for a whole one", async () => {
  await expect(read('{"progress":{"checked":1,')).rejects.toThrow("broke off");
});
