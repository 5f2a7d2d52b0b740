import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../../test/support/temporary-folder.ts";
import { startComponent } from "../component.ts";
import { Supervisor } from "./client.ts";

async function supervisor(): Promise<Supervisor> {
  const started = await Supervisor.start();
  onTestFinished(() => started.end());
  return started;
}

/** A shell script as a program. */
function shell(name: string, script: string): { name: string; command: string; args: string[] } {
  return { name, command: "/bin/sh", args: ["-c", script] };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a program writes into its log, which tells its last lines", async () => {
  const cluster = await supervisor();
  await cluster.run(shell("talker", "echo one; echo two; echo three >&2"));
  await expect.poll(() => cluster.exitOf("talker")).toEqual({ code: 0, signal: null });
  expect(cluster.logTail("talker", 2)).toBe("two\nthree");
});

test("a program that ends while starting is an error with the end of its log", async () => {
  const cluster = await supervisor();
  const broken = { ...shell("broken", "echo 'unknown flag: --no'; exit 3"), ready: async () => false };
  await expect(startComponent(cluster, broken)).rejects.toThrow(
    "broken ended with code 3 while starting; the end of its log:\nunknown flag: --no",
  );
});

test("a program that cannot be run is an error with its path", async () => {
  const cluster = await supervisor();
  await expect(cluster.run({ name: "none", command: "/no/such/program", args: [] })).rejects.toThrow(
    /\/no\/such\/program/,
  );
});

test("a program that does not heed SIGTERM is killed", async () => {
  const cluster = await supervisor();
  const stubborn = shell("stubborn", "trap '' TERM; touch trapped; while :; do sleep 1; done");
  const { pid } = await startComponent(cluster, {
    ...stubborn,
    ready: async () => existsSync(join(cluster.directory, "trapped")),
  });
  await cluster.stop("stubborn");
  expect(isAlive(pid)).toBe(false);
  expect(cluster.exitOf("stubborn")).toEqual({ code: null, signal: "SIGKILL" });
});

test("the end stops the last started first and removes the directory", async () => {
  const cluster = await supervisor();
  const order = join(temporaryFolder(), "order");
  for (const name of ["first", "second"]) {
    const script = `trap 'echo ${name} >> ${order}; exit' TERM; touch ${name}; while :; do sleep 0.05; done`;
    await startComponent(cluster, {
      ...shell(name, script),
      ready: async () => existsSync(join(cluster.directory, name)),
    });
  }
  await cluster.end();
  expect(readFileSync(order, "utf8")).toBe("second\nfirst\n");
  expect(existsSync(cluster.directory)).toBe(false);
});

test("when the parent is killed, its programs end and its directory goes", async () => {
  const script = `
    const { Supervisor } = await import(${JSON.stringify(join(import.meta.dirname, "client.ts"))});
    const supervisor = await Supervisor.start();
    const pid = await supervisor.run({ name: "sleeper", command: "/bin/sh", args: ["-c", "exec sleep 600"] });
    console.log(JSON.stringify({ pids: [pid, supervisor.pid], directory: supervisor.directory }));
  `;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(parent.stdout), "line")) as [string];
  const { pids, directory } = JSON.parse(line) as { pids: number[]; directory: string };
  expect(pids.every(isAlive)).toBe(true);
  parent.kill("SIGKILL");
  await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  expect(existsSync(directory)).toBe(false);
}, 30_000);
