import { readFile, stat } from "node:fs/promises";
import { parseState, type ForecastState } from "../forecast/state.ts";
import { UsageError, type CliContext } from "./verb.ts";

/** A state that was exported: at most 100 KB, and room for line ends and blanks. */
const LONGEST = 2 ** 20;

/** What was learnt, from a file or from standard input (`-`); throws a UsageError for what is none. */
export async function readStateFile(
  flag: string,
  path: string,
  { input }: Pick<CliContext, "input">,
): Promise<ForecastState> {
  const text = path === "-" ? await input() : await textOf(flag, path);
  if (text.length > LONGEST) throw new UsageError(`--${flag}: ${path} is no state: it has more than 1 MiB`);
  const parsed = parseState(text);
  if ("problem" in parsed) throw new UsageError(`--${flag}: ${path} is no state that can be used: ${parsed.problem}`);
  return parsed.state;
}

async function textOf(flag: string, path: string): Promise<string> {
  try {
    if ((await stat(path)).size > LONGEST)
      throw new UsageError(`--${flag}: ${path} is no state: it has more than 1 MiB`);
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--${flag}: ${path} cannot be read: ${(error as Error).message}`);
  }
}
