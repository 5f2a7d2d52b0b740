import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Tags,
} from "yaml";
import { UsageError, type CliContext, type Flag } from "./verb.ts";

/** Kubernetes objects from files, with the lines that they stand on. */

export interface Manifest {
  file: string;
  object: { apiVersion?: unknown; kind?: unknown; metadata?: unknown } & Record<string, unknown>;
  /**
   * The line of a field such as `spec.events[0].start` or `spec.events[d11].start`, or of the innermost field around
   * it that is there.
   */
  lineOf(this: void, path: string): number;
}

/** A document that is no object. */
export interface Unreadable {
  file: string;
  line: number;
  message: string;
}

export const filesFlag: Flag = {
  type: "string",
  short: "f",
  value: "FILE",
  multiple: true,
  help: "A file, a folder, or - for standard input; may be given several times",
};

export const recursiveFlag: Flag = { type: "boolean", short: "R", help: "Folders with all that is in them" };

/** Everything in the files of `-f`, in their order. Throws a UsageError when one of them is not there, or none is given. */
export async function readManifests(
  context: Pick<CliContext, "texts" | "given" | "input" | "operands">,
): Promise<{ manifests: Manifest[]; unreadable: Unreadable[] }> {
  const paths = context.texts("filename");
  const [odd] = context.operands;
  if (odd !== undefined) throw new UsageError(`${odd} stands alone: write -f ${odd}`);
  if (paths.length === 0) throw new UsageError("-f is missing: give a file, a folder, or - for standard input");
  const manifests: Manifest[] = [];
  const unreadable: Unreadable[] = [];
  for (const { file, text } of await textsOf(paths, context)) {
    const lines = new LineCounter();
    const options = { lineCounter: lines, merge: true, customTags: OLD_WORDS };
    for (const document of parseAllDocuments(text, options)) {
      const found = read(file, document, lines);
      manifests.push(...found.manifests);
      unreadable.push(...found.unreadable);
    }
  }
  return { manifests, unreadable };
}

/** Words of YAML 1.1 that kubectl reads as truth values, and no others of it. */
const TRUTH_VALUES = [
  { test: /^(yes|Yes|YES|on|On|ON)$/, resolve: () => true },
  { test: /^(no|No|NO|off|Off|OFF)$/, resolve: () => false },
];

const OLD_WORDS = (tags: Tags): Tags => [
  ...tags,
  ...TRUTH_VALUES.map((words) => ({ tag: "tag:yaml.org,2002:bool", default: true, ...words })),
];

async function textsOf(
  paths: readonly string[],
  context: Pick<CliContext, "given" | "input">,
): Promise<{ file: string; text: string }[]> {
  const texts: { file: string; text: string }[] = [];
  for (const path of paths) {
    if (path === "-") texts.push({ file: "standard input", text: await context.input() });
    else
      for (const file of await filesOf(path, context.given("recursive")))
        texts.push({ file, text: await readFile(file, "utf8") });
  }
  return texts;
}

async function filesOf(path: string, recursive: boolean): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path, { recursive });
    const files = names.filter((name) => /\.(ya?ml|json)$/.test(name)).toSorted();
    if (files.length === 0) throw new UsageError(`${path} has no file that ends in .yaml, .yml or .json`);
    return files.map((name) => join(path, name));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function read(
  file: string,
  document: Document,
  lines: LineCounter,
): { manifests: Manifest[]; unreadable: Unreadable[] } {
  const lineAt = (node: unknown): number => (isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1);
  const [error] = document.errors;
  if (error) {
    const message = error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "";
    return { manifests: [], unreadable: [{ file, line: error.linePos?.[0].line ?? 1, message }] };
  }
  const { contents } = document;
  // Nothing between two separators, or comments alone.
  if (contents === null || (isScalar(contents) && contents.value === null)) return { manifests: [], unreadable: [] };
  if (!isMap(contents))
    return { manifests: [], unreadable: [{ file, line: lineAt(contents), message: "is no object" }] };
  const items = contents.get("items", true);
  const roots = contents.get("kind") === "List" && isSeq(items) ? items.items : [contents];
  const found: { manifests: Manifest[]; unreadable: Unreadable[] } = { manifests: [], unreadable: [] };
  for (const root of roots.filter(isMap)) {
    try {
      const object = root.toJS(document) as Manifest["object"];
      found.manifests.push({ file, object, lineOf: (path) => lineAt(nearest(root, path)) });
    } catch (problem) {
      // An alias without an anchor, or more of them than anybody writes.
      found.unreadable.push({ file, line: lineAt(root), message: (problem as Error).message });
    }
  }
  return found;
}

/** The innermost node on the way to a field: its key, where it has one. */
function nearest(root: Node, path: string): unknown {
  let [node, shown]: [unknown, unknown] = [root, root];
  for (const step of path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? []) {
    if (!isCollection(node)) break;
    const name = step.replace(/^\[|\]$/g, "");
    if (isSeq(node)) {
      const item = /^\d+$/.test(name)
        ? node.items[Number(name)]
        : node.items.find((one) => isMap(one) && isNamed(one, name));
      if (item === undefined) break;
      [node, shown] = [item, item];
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : key) === name);
      if (!pair) break;
      [node, shown] = [pair.value, pair.key];
    }
  }
  return shown;
}

/** Items of our lists are known by a name or a period. */
function isNamed(item: { get(key: string): unknown }, name: string): boolean {
  return ["name", "period"].some((key) => String(item.get(key)) === name);
}

/** `billing/vat`, as the manifest names itself. */
export function nameOfManifest({ object }: Manifest): string {
  const { name, namespace } = (object.metadata ?? {}) as { name?: unknown; namespace?: unknown };
  const known = typeof name === "string" ? name : "(without a name)";
  return typeof namespace === "string" ? `${namespace}/${known}` : known;
}
