import { parse } from "yaml";
import type { Problem } from "../../api/v1alpha1/fields.ts";
import { holidayYearProblems, type HolidayYear } from "./holidays.ts";

const LISTS = ["days", "workdays", "unsure"] as const;
const FIELDS = new Set<string>(["year", "source", ...LISTS]);

/**
 * The holiday years of a text in YAML or JSON, and what is wrong with it. A year with a fault is left out as a whole
 * and the others stand: a misspelt list would make workdays of days off.
 */
export function readHolidayYears(text: string): { years: HolidayYear[]; problems: Problem[] } {
  let content: unknown;
  try {
    // Its warnings would go to standard error, past the log.
    content = parse(text, { logLevel: "error" });
  } catch (error) {
    const message = `is neither YAML nor JSON: ${(error as Error).message.split("\n")[0]}`;
    return { years: [], problems: [{ field: "", value: "", message }] };
  }
  if (!Array.isArray(content)) {
    const message = "is no list: begin with - year: 2027";
    return { years: [], problems: [{ field: "", value: shown(content), message }] };
  }
  const years: HolidayYear[] = [];
  const problems: Problem[] = [];
  for (const [index, item] of content.entries()) {
    const found = readYear(`[${index}]`, item);
    if (Array.isArray(found)) problems.push(...found);
    else years.push(found);
  }
  return { years, problems };
}

function readYear(field: string, item: unknown): HolidayYear | Problem[] {
  if (typeof item !== "object" || item === null || Array.isArray(item)) {
    return [{ field, value: shown(item), message: "is no year: write year, days and source" }];
  }
  const entry = item as Record<string, unknown>;
  const { year, source } = entry;
  const problems: Problem[] = [];
  const refuse = (name: string, message: string): void => {
    problems.push({ field: `${field}.${name}`, value: shown(entry[name]), message });
  };
  for (const name of Object.keys(entry)) {
    if (!FIELDS.has(name)) refuse(name, `is not known: write ${[...FIELDS].join(", ")}`);
  }
  if (!Number.isInteger(year) || Number(year) < 1970 || Number(year) > 2200) refuse("year", "is no year: write 2027");
  if (typeof source !== "string" || source === "") refuse("source", "is missing: say where the dates are written");
  for (const list of LISTS) {
    const dates = entry[list];
    if (dates === undefined && list !== "days") continue;
    if (!Array.isArray(dates) || !dates.every((date) => typeof date === "string"))
      refuse(list, "is no list of dates: write - 2027-01-01");
  }
  if (problems.length > 0) return problems;
  const read = entry as unknown as HolidayYear;
  const wrong = holidayYearProblems(field, read);
  return wrong.length > 0 ? wrong : read;
}

function shown(value: unknown): string {
  return value === undefined ? "" : JSON.stringify(value).slice(0, 64);
}
