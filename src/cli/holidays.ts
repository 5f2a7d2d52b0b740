import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { addedYears } from "../calendar/holidays/added-years.ts";
import { holidayTable, type HolidayTable } from "../calendar/holidays/holiday-table.ts";
import { UsageError, type CliContext, type Flag } from "./verb.ts";

export const holidaysFlag: Flag = {
  type: "string",
  value: "FILE",
  multiple: true,
  help: "Years of days off beside those built in, as the operator is given them, in a file such as CN.yaml; may be given several times",
};

/** What is built in, with the years of `--holidays`. Throws a UsageError for a file that cannot be used as a whole. */
export async function holidaysOf({ texts }: Pick<CliContext, "texts">): Promise<HolidayTable> {
  const files = await Promise.all(texts("holidays").map(read));
  const { added, problems } = addedYears(files);
  if (problems.length > 0) {
    const lines = problems.map(({ file, field, message }) =>
      [`--holidays: ${file}`, field, message].filter(Boolean).join(": "),
    );
    throw new UsageError(lines.join("\n"));
  }
  return holidayTable(added);
}

async function read(path: string): Promise<{ name: string; text: string }> {
  try {
    return { name: basename(path), text: await readFile(path, "utf8") };
  } catch (error) {
    throw new UsageError(`--holidays: ${path} cannot be read: ${(error as Error).message}`);
  }
}
