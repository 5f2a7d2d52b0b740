import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Offered } from "../../../../dev/demo/load-source.ts";
import { realClock } from "../../../../src/runtime/clock.ts";
import { rateAt, type Timeline } from "./timeline.ts";

/** One request as its client saw it. */
export interface Answered {
  /** When it was sent, ms since the epoch. */
  at: number;
  /** HTTP status; 0 when there was no answer. */
  status: number;
  latencyMs: number;
  error: string;
}

const PIECE_MS = 5_000;

/**
 * Puts load on a URL by vegeta, an open loop: requests are sent when their time has come, whether or not the earlier
 * ones were answered. A connection for each, so that each finds its own pod. `folder` takes vegeta's files.
 */
export class Load {
  readonly #vegeta: string;
  readonly #url: string;
  readonly #folder: string;
  readonly offered: Offered[] = [];

  constructor(vegeta: string, url: string, folder: string) {
    this.#vegeta = vegeta;
    this.#url = url;
    this.#folder = folder;
  }

  /** Resolves when the last request has been answered, with all of them. */
  async run(timeline: Timeline, signal?: AbortSignal): Promise<Answered[]> {
    const targets = join(this.#folder, "targets.txt");
    await writeFile(targets, `POST ${this.#url}\n`);
    const pieces: Promise<Answered[]>[] = [];
    for (let from = timeline.start; from < timeline.end; from += PIECE_MS) {
      await realClock.sleep(Math.max(0, from - realClock.now()), signal);
      const rate = Math.round(rateAt(timeline, from + PIECE_MS / 2));
      pieces.push(this.#piece(targets, pieces.length, rate));
      const seconds = PIECE_MS / 1_000;
      this.offered.push({ at: from + PIECE_MS, requests: rate * seconds, seconds });
    }
    return (await Promise.all(pieces)).flat().toSorted((a, b) => a.at - b.at);
  }

  async #piece(targets: string, index: number, rate: number): Promise<Answered[]> {
    const results = join(this.#folder, `piece-${index}.bin`);
    const attack = spawn(
      this.#vegeta,
      [
        "attack",
        `-targets=${targets}`,
        `-rate=${rate}/1s`,
        `-duration=${PIECE_MS}ms`,
        "-timeout=10s",
        "-keepalive=false",
        "-max-body=0",
        `-output=${results}`,
      ],
      // Not by way of a proxy that the environment may name.
      { stdio: ["ignore", "ignore", "inherit"], env: {} },
    );
    const [code] = (await once(attack, "exit")) as [number | null];
    if (code !== 0) throw new Error(`vegeta ended with code ${String(code)}`);
    const { stdout } = await promisify(execFile)(this.#vegeta, ["encode", "--to=json", results], { maxBuffer: 256e6 });
    return stdout.trim().split("\n").map(readResult);
  }
}

function readResult(line: string): Answered {
  const { timestamp, code, latency, error } = JSON.parse(line) as {
    timestamp: string;
    code: number;
    /** Nanoseconds. */
    latency: number;
    error: string;
  };
  return { at: Date.parse(timestamp), status: code, latencyMs: latency / 1e6, error };
}
