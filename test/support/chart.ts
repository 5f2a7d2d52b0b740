import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { provideBinaries } from "../../dev/cluster/binaries.ts";
import type { PolicyRule } from "../../src/operator/rbac.ts";

/** The chart of this checkout, and what both Helms make of it. */

export const CHART = join(import.meta.dirname, "../../charts/invoiceops");
export const RELEASE_NAMESPACE = "invoiceops-system";

/** One Helm: its binary and how it calls itself, such as v4.3.1. */
export interface Helm {
  command: string;
  version: string;
}

export interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  rules?: PolicyRule[];
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
}

/** Helm 3 and Helm 4, in this order. */
export async function bothHelms(): Promise<readonly [Helm, Helm]> {
  const { helm3, helm4 } = await provideBinaries(["helm3", "helm4"]);
  return [await helmOf(helm3), await helmOf(helm4)];
}

async function helmOf(command: string): Promise<Helm> {
  return { command, version: (await run(command, ["version", "--template={{.Version}}"])).trim() };
}

/** Standard output. Rejects with what the program wrote to standard error, and nothing of the command line. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, [...args], { maxBuffer: 64e6 })).stdout;
  } catch (error) {
    const { stderr = "", message } = error as { stderr?: string; message: string };
    throw new Error(stderr === "" ? message : stderr, { cause: error });
  }
}

export interface RenderOptions {
  release?: string;
  chart?: string;
  /** More arguments of `helm template`. */
  args?: readonly string[];
}

/** What one Helm renders, as text. */
export function renderedText(helm: Helm, values: object = {}, options: RenderOptions = {}): Promise<string> {
  const { release = "invoiceops", chart = CHART, args = [] } = options;
  const set = Object.entries(values).flatMap(([name, value]) => ["--set-json", `${name}=${JSON.stringify(value)}`]);
  return run(helm.command, ["template", release, chart, "--namespace", RELEASE_NAMESPACE, ...args, ...set]);
}

export function objectsOf(text: string): Rendered[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}
