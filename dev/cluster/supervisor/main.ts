// The supervisor: one small process per cluster that owns its programs and its directory. It lives in a session
// of its own, so Ctrl-C in the terminal does not reach the programs before it has stopped them in order, and it
// ends when the channel to its parent closes, however that came: an orderly stop, a crash or a kill -9.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Order, Program, Report } from "./protocol.ts";

/** How long a program may take to end after SIGTERM; its data is thrown away with the directory in any case. */
const GRACE_MS = 3_000;

const directory = mkdtempSync(join(realpathSync(tmpdir()), "invoiceops-cluster-"));
const running = new Map<string, ChildProcess>();
let ending = false;

for (const folder of ["logs", "tmp"]) mkdirSync(join(directory, folder));
process.on("message", (order: Order) => void answer(order));
process.on("disconnect", () => void end());
// The parent may be gone since before the line above.
if (!process.connected) void end();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end());
tell({ type: "ready", directory });

async function answer(order: Order): Promise<void> {
  try {
    if (order.do === "run") return tell({ type: "done", id: order.id, pid: await run(order.program) });
    await stop(order.name, order.signal);
    tell({ type: "done", id: order.id });
  } catch (error) {
    tell({ type: "failed", id: order.id, message: error instanceof Error ? error.message : String(error) });
  }
}

async function run(program: Program): Promise<number> {
  if (ending) throw new Error(`${program.name} was not started: the cluster is being stopped`);
  if (running.has(program.name)) throw new Error(`${program.name} runs already`);
  const log = openSync(join(directory, "logs", `${program.name}.log`), "a");
  const child = spawn(program.command, program.args, {
    cwd: directory,
    env: { PATH: process.env["PATH"], HOME: directory, TMPDIR: join(directory, "tmp"), ...program.env },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  running.set(program.name, child);
  child.once("exit", (code, signal) => {
    running.delete(program.name);
    tell({ type: "exited", name: program.name, code, signal });
  });
  try {
    await once(child, "spawn");
  } catch (error) {
    running.delete(program.name);
    throw error;
  }
  return child.pid!;
}

async function stop(name: string, signal: NodeJS.Signals): Promise<void> {
  const child = running.get(name);
  if (!child) return;
  const exited = once(child, "exit");
  child.kill(signal);
  const late = new AbortController();
  const killer = sleep(GRACE_MS, undefined, { signal: late.signal }).then(
    () => child.kill("SIGKILL"),
    () => undefined,
  );
  await exited;
  late.abort();
  await killer;
}

/** The last started goes first: the API server hangs in its own graceful stop when etcd is gone before it. */
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  for (const name of [...running.keys()].toReversed()) await stop(name, "SIGTERM");
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.exit(0);
}

function tell(report: Report): void {
  // A parent that is gone gets no report; "disconnect" is on its way.
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
}
