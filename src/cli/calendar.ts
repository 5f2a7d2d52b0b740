import type { HolidayTable } from "../calendar/holidays/holiday-table.ts";
import { icsText } from "../calendar/ics/write.ts";
import { knownRegimes, regimeCalendar, regimeOf } from "../calendar/regimes/regimes.ts";
import { rowsOf, type CalendarRow } from "./calendar/rows.ts";
import { rowsText } from "./calendar/table.ts";
import { codeOf } from "./calendar/which.ts";
import { holidaysFlag, holidaysOf } from "./holidays.ts";
import { calendarsIn } from "./manifest-calendars.ts";
import { filesFlag, readManifests, recursiveFlag } from "./manifests.ts";
import { EXIT, UsageError, type CliContext, type Verb } from "./verb.ts";

const FORMATS = ["table", "json", "ics"] as const;
type Format = (typeof FORMATS)[number];

export const calendar: Verb = {
  name: "calendar",
  operands: "[REGIME]",
  summary: "Print the filing windows of a year, of a built-in regime or of FilingCalendars in files; needs no cluster",
  description: `A row is one filing of one period: the month of the regular deadline, before it is shifted. "deadline" is a
day in the zone of the tax; "closesAt" is the last second until which capacity is held, without the grace of a service.

Grades: Published is a date that the authority announced, Computed follows from the rule and the holidays announced.
Provisional is a guess, because the holidays of the year are not known or the rule is not settled: "deadline" is the
regular day then, and "closesAt" twelve days later.

Known regimes: ${knownRegimes()}.`,
  flags: {
    year: { type: "string", value: "YEAR", help: "The year of the regular deadlines (default: this one)" },
    land: { type: "string", value: "LAND", help: "DE: the Land where the tax office sits, as in BY" },
    state: { type: "string", value: "STATE", help: "BR: the state, as in PE" },
    group: { type: "string", value: "DIGITS", help: "MX: the sixth digit of the RFC, or its group, as in 1-2" },
    filename: { ...filesFlag, help: "Take FilingCalendars from a file, a folder, or - for standard input" },
    recursive: recursiveFlag,
    holidays: holidaysFlag,
    output: { type: "string", short: "o", value: FORMATS.join("|"), help: "For people, programs or calendars" },
  },
  examples: [
    "calendar CN --year 2026",
    "calendar DE --land BY --year 2027 -o json",
    "calendar EU-OSS --year 2026 -o ics > oss.ics",
    "calendar -f filing-calendars.yaml --year 2027",
    "calendar CN --year 2027 --holidays CN.yaml",
  ],
  rights: [],
  exits: {
    [EXIT.ok]: "printed, provisional dates too",
    [EXIT.not]: "part of a FilingCalendar cannot be used; the rest is printed",
    [EXIT.error]: "there is no such regime, the year is none, or the command line is wrong otherwise",
  },
  async run(context) {
    const format = formatOf(context);
    const year = yearOf(context);
    const files = context.texts("filename").length > 0;
    const table = await holidaysOf(context);
    const { rows, complete } = files
      ? await rowsOfFiles(context, year, table)
      : rowsOfRegime(codeOf(context), year, table);
    print(context, format, rows);
    return complete ? EXIT.ok : EXIT.not;
  },
};

interface Found {
  rows: CalendarRow[];
  complete: boolean;
}

function rowsOfRegime(code: string, year: number, table: HolidayTable): Found {
  const spec = regimeCalendar(code);
  return { rows: spec ? rowsOf(code, spec, year, table).rows : [], complete: true };
}

async function rowsOfFiles(context: CliContext, year: number, table: HolidayTable): Promise<Found> {
  const { calendars, refused } = calendarsIn(await readManifests(context));
  for (const line of refused) context.warn(`${line}\n`);
  if (calendars.length === 0 && refused.length === 0) throw new UsageError("there is no FilingCalendar in the files");
  let complete = refused.length === 0;
  const rows = calendars.flatMap(({ metadata, spec }) => {
    const found = rowsOf(metadata.name, spec, year, table);
    for (const { field, message } of found.problems) {
      context.warn(`FilingCalendar/${metadata.name}: ${field}: ${message}\n`);
      complete = false;
    }
    return found.rows;
  });
  return { rows, complete };
}

function print({ out, paint, clock }: CliContext, format: Format, rows: readonly CalendarRow[]): void {
  if (format === "json") out(`${JSON.stringify(rows, undefined, 2)}\n`);
  else if (format === "table") out(rowsText(rows, paint));
  else out(icsOf(rows, clock.now()));
}

function icsOf(rows: readonly CalendarRow[], now: number): string {
  const names = [...new Set(rows.map(({ regime }) => regime))];
  const title = names.map((name) => regimeOf(name)?.title ?? name).join(", ");
  const windows = rows.map((row) => {
    const { regime, filing = "", period, grade, closesAt, source = "", note = "" } = row;
    const summary = [regime, period, filing].filter((word) => word !== "").join(" ");
    return {
      ...row,
      uid: `${summary.replaceAll(/[^A-Za-z0-9]+/g, "-")}@invoiceops.dev`,
      summary: `${summary} (${grade.toLowerCase()})`,
      description: [`until ${closesAt}`, source, note].filter((line) => line !== "").join("\n"),
    };
  });
  return icsText(title, rows[0]?.timeZone ?? "UTC", windows, now);
}

function formatOf({ text }: CliContext): Format {
  const format = text("output") ?? "table";
  const known = FORMATS.find((one) => one === format);
  if (known) return known;
  throw new UsageError(`-o is "${format}": give ${FORMATS.join(", ")}`);
}

function yearOf({ text, clock }: CliContext): number {
  const year = text("year") ?? `${new Date(clock.now()).getUTCFullYear()}`;
  if (/^(19|20|21)\d\d$/.test(year)) return Number(year);
  throw new UsageError(`--year is "${year}": give a year of four digits, 1900 to 2199, as in 2026`);
}
