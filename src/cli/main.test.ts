import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";

// Each starts a process or two, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** The command as a process of its own, called by one of its names, where no cluster is configured. */
function run(name: string, ...args: string[]): { code: number | null; out: string; warned: string } {
  const home = temporaryFolder();
  const file = join(home, name);
  symlinkSync(join(import.meta.dirname, "main.ts"), file);
  // Node takes the types away only from what ends in .ts, and looks for packages beside the real file.
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    env: { HOME: home, PATH: process.env["PATH"] },
    encoding: "utf8",
  });
  return { code: status, out: stdout, warned: stderr };
}

test("without a cluster it says how to name one, with code 2", () => {
  const { code, out, warned } = run("invoiceops.ts", "status", "vat");
  expect([code, out]).toEqual([2, ""]);
  expect(warned).toBe(
    "no cluster is configured: set KUBECONFIG or --kubeconfig, create ~/.kube/config, or run in a pod with a service account token\nname another with --kubeconfig FILE or --context NAME; kubectl config get-contexts lists them\n",
  );
});

test("a kubeconfig that is not there is named", () => {
  const { code, warned } = run("invoiceops.ts", "check", "--kubeconfig", "/nowhere/config");
  expect(code).toBe(2);
  expect(warned).toMatch(/^the kubeconfig \/nowhere\/config does not exist\nname another with --kubeconfig FILE/);
});

test("as a plugin it calls itself what its user typed", () => {
  expect(run("kubectl-invoiceops.ts", "--help").out).toMatch(/^kubectl invoiceops: /);
  expect(run("invoiceops.ts", "--help").out).toMatch(/^invoiceops: /);
});

test("kubectl asks the program named kubectl_complete-invoiceops what may follow", () => {
  const { code, out } = run("kubectl_complete-invoiceops.ts", "statu");
  expect([code, out]).toEqual([0, expect.stringMatching(/^status\t.*\n:4\n$/)]);
  // No cluster: no names, and no words on the prompt.
  expect(run("kubectl_complete-invoiceops.ts", "status", "")).toEqual({ code: 0, out: ":4\n", warned: "" });
});
