import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const MAIN = join(import.meta.dirname, "../../dev/demo/main.ts");

test("the demo has the Deployment ready before the peak, gives the capacity back and leaves nothing behind", async () => {
  const demo = spawn(process.execPath, [MAIN, "--once", "--quick"], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void demo.kill());
  let output = "";
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const [code] = (await once(demo, "close")) as [number | null];
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("PEAK MET") as string });
  expect(output).toMatch(/event on InvoiceService\/vat-issuing: FloorRaised: .*HorizontalPodAutoscaler\/vat-api/);
  expect(output).toMatch(/floor: \d+ → 8 \(base\)/);
  expect(output).toMatch(/Given back after the deadline: floor [23]\d → (\d+ → )+8 within/);
  const kubeconfig = /KUBECONFIG=(\S+)/.exec(output)?.[1];
  expect(kubeconfig).toBeDefined();
  expect(existsSync(kubeconfig!)).toBe(false);
}, 400_000);
