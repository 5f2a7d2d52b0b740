import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { withBuildLock } from "./build-lock.ts";

test("work for one file is done by one at a time, in folders that do not exist yet", async () => {
  const file = join(temporaryFolder(), "digest", "tool");
  let inside = 0;
  const work = async (): Promise<number> => {
    inside += 1;
    const together = inside;
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    return together;
  };
  expect(await Promise.all([1, 2, 3].map(() => withBuildLock(file, work)))).toEqual([1, 1, 1]);
  expect(existsSync(`${file}.lock`)).toBe(false);
});

test("the lock is given back when the work fails", async () => {
  const file = join(temporaryFolder(), "tool");
  await expect(withBuildLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withBuildLock(file, async () => "again")).toBe("again");
});

test("the lock of a holder that has not been heard of for long is taken over", async () => {
  const file = join(temporaryFolder(), "tool");
  writeFileSync(`${file}.lock`, `${process.pid}\n`);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(`${file}.lock`, longAgo, longAgo);
  expect(await withBuildLock(file, async () => "mine")).toBe("mine");
});
