import * as fc from "fast-check";
import { expect, it } from "vitest";

import { lines } from "./lines.ts";

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (let index = 1; index < at.length; index += 1) yield bytes.subarray(at[index - 1], at[index]);
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const read: string[] = [];
  for await (const line of lines(chunks, 1000)) read.push(line);
  return read;
}

it("gives the same lines wherever the chunks are cut, inside a character too", async () => {
  const line = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text);
  const cuts = fc.array(fc.nat(200), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 6 }), cuts, async (texts, at) => {
      const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
      expect(await readAll(chunksOf(bytes, at))).toEqual(texts);
    }),
  );
});

const text = (content: string | Uint8Array) => chunksOf(Buffer.from(content), []);

it("leaves blank lines out", async () => {
  expect(await readAll(text("a\n\n  \r\nb\r\n"))).toEqual(["a", "b"]);
});

it.each([
  ["a line over the limit", "ok\n" + "x".repeat(1001) + "\n", RangeError],
  ["a line over the limit that has no end yet", "ok\n" + "x".repeat(1001), RangeError],
  ["an end inside a line", "ok\nhal", SyntaxError],
  ["bytes that are not UTF-8", Buffer.from([0xff, 0xfe, 0x0a]), TypeError],
])("refuses %s", async (_, bytes, type) => {
  await expect(readAll(text(bytes))).rejects.toThrow(type);
});
