import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";

const MAIN = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));

/** None of them outlives the tests. */
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** The operator as a process of its own, to be killed, stopped and resumed. */
export class OperatorProcess {
  readonly #child: ChildProcess;
  /** What it has logged, one JSON object a line. */
  readonly log: string[] = [];
  /** Resolves with the exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;

  /** Begins to start it. `cache` is a folder in which compiled code is kept for the next one, which halves its start. */
  constructor(flags: readonly string[], cache: string) {
    const args = [MAIN, "--host=127.0.0.1", "--port=0", ...flags];
    const env = { ...process.env, NODE_COMPILE_CACHE: cache };
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.log.push(line));
    }
    running.add(this.#child);
    this.ended = once(this.#child, "exit").then(([code]) => {
      running.delete(this.#child);
      return code as number | null;
    });
  }

  /** Waits until it knows what there is; an operator that does not start is told by its log. */
  async ready(): Promise<void> {
    const listed = (): void =>
      assert.ok(
        this.log.some((line) => line.includes("all informers have listed")),
        this.#end,
      );
    await vi.waitFor(listed, { timeout: 90_000, interval: 50 });
  }

  get #end(): string {
    return `the operator does not start: ${this.log.slice(-5).join("\n")}`;
  }

  /** Sends a signal that ends it, and waits until it is gone. */
  async kill(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    this.#child.kill(signal);
    return this.ended;
  }

  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }
}
