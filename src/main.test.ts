import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";

/** Runs the process with these arguments and nothing of our environment that it would read. */
function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = new URL("main.ts", import.meta.url).pathname;
  const env = { PATH: process.env["PATH"], HOME: "/nonexistent" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

// A process begins in a second, and on a busy machine in many.
describe("the process", { timeout: 60_000 }, () => {
  test("shows its flags when asked, and succeeds", () => {
    expect(run("--help")).toEqual({
      status: 0,
      stdout: expect.stringContaining("--prometheus-url") as string,
      stderr: "",
    });
  });

  test("ends with 2 and one line for a flag that cannot be used", () => {
    expect(run("--port=http")).toEqual({
      status: 2,
      stdout: "",
      stderr: '--port is "http": give a whole number from 0 to 65535\n',
    });
  });

  test("ends with 1 and one line of JSON when it cannot begin", () => {
    const { status, stdout, stderr } = run("--kubeconfig=/nonexistent/config");
    expect([status, stderr]).toEqual([1, ""]);
    const lines = stdout.trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "fatal",
      msg: "exiting",
      error: expect.stringContaining("/nonexistent/config") as string,
    });
  });
});
