import { mkdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setInterval, clearInterval } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";

const WAIT_MS = 250;
const BEAT_MS = 2_000;
/** A holder that has not touched its lock for so long is dead, even when its process id lives on as another's. */
const STALE_MS = 10_000;

/**
 * Runs `work` while no other process runs work for the same file. The lock only saves work: a file is written whole
 * or not at all, so two that take over one dead holder's lock at the same moment merely build twice.
 */
export async function withBuildLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  await mkdir(dirname(lock), { recursive: true });
  while (!(await take(lock))) await sleep(WAIT_MS);
  const beat = setInterval(() => void touch(lock), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (await isStale(lock)) await rm(lock, { force: true });
  return false;
}

async function isStale(lock: string): Promise<boolean> {
  const held = await stat(lock).catch(() => undefined);
  return held !== undefined && Date.now() - held.mtimeMs > STALE_MS;
}

async function touch(lock: string): Promise<void> {
  const now = new Date();
  // Gone means that somebody took a sleeping machine's lock for a dead one; the work goes on all the same.
  await utimes(lock, now, now).catch(() => undefined);
}
