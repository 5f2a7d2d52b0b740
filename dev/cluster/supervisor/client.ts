import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exit, Order, Program, Report } from "./protocol.ts";

interface Waiting {
  resolve: (pid: number | undefined) => void;
  reject: (error: Error) => void;
}

type Instruction = Order extends infer O ? (O extends { id: number } ? Omit<O, "id"> : never) : never;

/**
 * The parent's side of a supervisor: programs run in it end, and its directory goes, with `end()` or with this
 * process, whichever comes first.
 */
export class Supervisor {
  /** The run directory: made by the supervisor, removed by it. */
  readonly directory: string;
  /** The supervisor's own process id. */
  readonly pid: number;
  /** Aborts when the supervisor ends, with what it runs. */
  readonly ended: AbortSignal;
  readonly #process: ChildProcess;
  readonly #gone: Promise<unknown>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exits = new Map<string, Exit>();
  #orders = 0;

  private constructor(child: ChildProcess, directory: string) {
    this.directory = directory;
    this.pid = child.pid!;
    this.#process = child;
    this.#gone = once(child, "exit");
    child.on("message", (report: Report) => this.#hear(report));
    const ending = new AbortController();
    this.ended = ending.signal;
    child.once("exit", () => {
      ending.abort(new Error("the cluster was ended"));
      for (const { reject } of this.#waiting.values()) reject(new Error("the cluster's supervisor ended"));
      this.#waiting.clear();
    });
  }

  static async start(): Promise<Supervisor> {
    const child = fork(join(import.meta.dirname, "main.ts"), {
      detached: true,
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const exited = once(child, "exit").then(([code]) => {
      throw new Error(`the cluster's supervisor ended at once with code ${String(code)}`);
    });
    const [report] = (await Promise.race([once(child, "message"), exited])) as [Report];
    exited.catch(() => undefined);
    if (report.type !== "ready") throw new Error(`unexpected first word of the supervisor: ${report.type}`);
    return new Supervisor(child, report.directory);
  }

  /** Starts a program and returns its process id. */
  async run(program: Program): Promise<number> {
    this.#exits.delete(program.name);
    return (await this.#order({ do: "run", program }))!;
  }

  /** Ends a program and waits for it: by the signal, and by SIGKILL after a few seconds. No error when it is gone. */
  async stop(name: string, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.#order({ do: "stop", name, signal });
  }

  /** How a program ended, or undefined while it runs. */
  exitOf(name: string): Exit | undefined {
    return this.#exits.get(name);
  }

  /** The last lines that a program wrote. */
  logTail(name: string, lines = 20): string {
    const file = join(this.directory, "logs", `${name}.log`);
    if (!existsSync(file)) return "(no log)";
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }

  /** Ends all programs, the last started first, and removes the directory. */
  async end(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#gone;
  }

  #order(instruction: Instruction): Promise<number | undefined> {
    this.#orders += 1;
    const id = this.#orders;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ ...instruction, id }, (error) => {
        if (!error) return;
        this.#waiting.delete(id);
        reject(new Error("the cluster's supervisor is gone", { cause: error }));
      });
    });
  }

  #hear(report: Report): void {
    if (report.type === "ready") return;
    if (report.type === "exited")
      return void this.#exits.set(report.name, { code: report.code, signal: report.signal });
    const waiting = this.#waiting.get(report.id);
    this.#waiting.delete(report.id);
    if (report.type === "done") waiting?.resolve(report.pid);
    else waiting?.reject(new Error(report.message));
  }
}
