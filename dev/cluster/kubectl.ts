import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface KubectlAccess {
  /** Path of the binary. */
  command: string;
  kubeconfig: string;
  /** Where kubectl keeps its discovery cache: a folder that ends with the cluster. */
  home: string;
}

/** Runs kubectl; `input` goes to its standard input. Rejects with what it wrote to standard error. */
export async function kubectl(
  access: KubectlAccess,
  args: readonly string[],
  options: { input?: string } = {},
): Promise<{ stdout: string; stderr: string }> {
  const running = promisify(execFile)(access.command, [`--kubeconfig=${access.kubeconfig}`, ...args], {
    env: { PATH: process.env["PATH"], HOME: access.home },
    maxBuffer: 64 * 1024 * 1024,
  });
  // A kubectl that refuses its arguments is gone before it reads; its own words tell more than EPIPE.
  running.child.stdin?.on("error", () => undefined);
  running.child.stdin?.end(options.input ?? "");
  try {
    return await running;
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim();
    throw new Error(`kubectl ${args.join(" ")}: ${stderr || String(error)}`, { cause: error });
  }
}
