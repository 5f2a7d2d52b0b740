import type { Filing, Weekday } from "../api/v1alpha1/filing-calendar-rules.ts";
import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import { filingProblems } from "./filing-windows.ts";
import { holidayYearProblems, WorkdayCalendar } from "./holidays/holidays.ts";
import type { HolidayTable } from "./holidays/holiday-table.ts";
import { monthlyFiling, monthlyProblems } from "./monthly.ts";
import type { Override } from "./overrides.ts";
import { problemOf } from "./problem.ts";
import { regimeOf, unknownRegime } from "./regimes/regimes.ts";
import type { Workdays } from "./shift.ts";
import { resolveZone } from "./zone.ts";

/** A calendar as windows are worked out from it: its regime written out, and what cannot be used left out. */
export interface PlainCalendar {
  /** Undefined where there is none that can be used: then there are no windows. */
  zone: string | undefined;
  filings: readonly Filing[];
  workdays: Workdays;
  /** Dates that its regime knows to be published. */
  published: readonly Override[];
  problems: readonly Problem[];
}

const WEEKDAYS: readonly Weekday[] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const WEEKEND: readonly Weekday[] = ["Sat", "Sun"];

export function plainCalendar(calendar: FilingCalendarSpec, table: HolidayTable): PlainCalendar {
  const { regime: code, ...own } = calendar;
  const regime = code === undefined ? undefined : regimeOf(code);
  const spec = { ...regime?.spec, ...own };
  const zone = zoneOf(spec.timeZone);
  const filings = readFilings(spec);
  const workdays = readWorkdays(spec, table);
  return {
    zone: zone.zone,
    filings: filings.filings,
    workdays: workdays.workdays,
    published: regime?.spec.overrides ?? [],
    problems: [
      ...(code !== undefined && !regime ? [{ field: "spec.regime", value: code, message: unknownRegime(code) }] : []),
      // Of an unknown regime nobody knows the zone.
      ...(code !== undefined && !regime && own.timeZone === undefined ? [] : zone.problems),
      ...filings.problems,
      ...workdays.problems,
    ],
  };
}

function zoneOf(name: string | undefined): { zone: string | undefined; problems: Problem[] } {
  const field = "spec.timeZone";
  if (name === undefined) {
    const message = "is missing: write a place such as Asia/Shanghai (only a regime has a zone of its own)";
    return { zone: undefined, problems: [{ field, value: "", message }] };
  }
  const problems = problemOf(field, name, resolveZone);
  return { zone: problems.length > 0 ? undefined : name, problems };
}

function readFilings({ monthly, filings = [] }: FilingCalendarSpec): { filings: Filing[]; problems: Problem[] } {
  if (monthly) {
    const problems = monthlyProblems(monthly);
    return { filings: problems.length > 0 ? [] : [monthlyFiling(monthly)], problems };
  }
  const problems = filings.map((filing, index) => filingProblems(`spec.filings[${index}]`, filing));
  return { filings: filings.filter((_, index) => problems[index]?.length === 0), problems: problems.flat() };
}

/** A year that cannot be used is left out as a whole: its days are unknown then, which moves nothing too early. */
function readWorkdays(
  { weekend = [...WEEKEND], holidays = [], holidaysFrom }: FilingCalendarSpec,
  table: HolidayTable,
): { workdays: Workdays; problems: Problem[] } {
  const problems = holidays.map((year) => holidayYearProblems(`spec.holidays[${year.year}]`, year));
  const usable = holidays.filter((_, index) => problems[index]?.length === 0);
  const unusable = new Set(holidays.filter((year) => !usable.includes(year)).map(({ year }) => year));
  const known = holidaysFrom === undefined ? [] : table.yearsOf(holidaysFrom);
  const years = [...known.filter(({ year }) => !unusable.has(year)), ...usable];
  const workdays = new WorkdayCalendar({ weekend: weekend.map((day) => WEEKDAYS.indexOf(day) + 1), years });
  return { workdays, problems: problems.flat() };
}
