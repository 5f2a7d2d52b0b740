import { readFile } from "node:fs/promises";
import { stringify } from "yaml";
import { CalendarError } from "../calendar/calendar-error.ts";
import { readIcs, type IcsFile } from "../calendar/ics/events.ts";
import { windowEntries, zoneOfFile } from "../calendar/ics/windows.ts";
import { resolveZone } from "../calendar/zone.ts";
import { EXIT, UsageError, type CliContext, type Verb } from "./verb.ts";

/** What a FilingCalendar takes. */
const MOST_DATES = 240;
const MOST_DAYS_BEFORE = 366;

export const importIcs: Verb = {
  name: "import-ics",
  operands: "FILE",
  summary: "Print a FilingCalendar with the events of an iCalendar file as its windows; needs no cluster",
  description: `A window opens when its event begins and has its deadline when the event ends; days are whole days of the
calendar's zone, with the last one. Where a file has the last days alone, --opens-days-before opens each window earlier.

Cancelled events, tasks and alarms are left alone. An event is refused, and named, when it recurs (a series knows no
holidays) or has a time in no zone. FILE may be - for standard input.`,
  flags: {
    name: { type: "string", value: "NAME", help: "Name of the FilingCalendar" },
    "time-zone": {
      type: "string",
      value: "ZONE",
      help: "Zone to write the windows in, and of days (default: what the file names)",
    },
    "opens-days-before": {
      type: "string",
      value: "N",
      help: "Open each window N days before its event begins",
    },
  },
  examples: [
    "import-ics windows.ics --name vat --time-zone Asia/Shanghai | kubectl apply -f -",
    "import-ics deadlines.ics --name vat --opens-days-before 14",
  ],
  rights: [],
  exits: {
    [EXIT.ok]: "every event is a window",
    [EXIT.not]: "an event is refused, and named; the others are printed",
    [EXIT.error]: "nothing is printed: no event can be a window, or the command line is wrong",
  },
  async run(context) {
    const [path, ...more] = context.operands;
    if (path === undefined || more.length > 0) throw new UsageError("give one FILE, or - for standard input");
    const name = nameOf(context);
    const days = daysBefore(context.text("opens-days-before"));
    const file = path === "-" ? "standard input" : path;
    const { found, zone } = read(file, await bytesOf(path, context), context.text("time-zone"));

    const { entries, tooShort } = windowEntries(found.events, zone, days);
    const problems = [
      ...found.problems,
      ...tooShort.map((event) => ({ ...event, message: "has no length: give DTEND, or --opens-days-before" })),
    ];
    for (const { line, summary, message } of problems.toSorted((a, b) => a.line - b.line)) {
      context.warn(`${file}:${line}: event "${summary}" ${message}\n`);
    }
    if (entries.length === 0) throw new Error(`${file} has no event that can be a window`);
    if (entries.length > MOST_DATES) {
      throw new Error(`${file} has ${entries.length} events, and a FilingCalendar takes ${MOST_DATES}: split the file`);
    }
    context.out(manifest(name, zone, entries));
    return problems.length > 0 ? EXIT.not : EXIT.ok;
  },
};

/** What a FilingCalendar may be called; the API server says the same. */
const NAME = /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/;

function nameOf({ text }: CliContext): string {
  const name = text("name");
  if (name === undefined) throw new UsageError("--name is missing: give the name of the FilingCalendar");
  if (NAME.test(name)) return name;
  throw new UsageError(`--name is "${name}": give small letters, digits and -, as in vat-monthly`);
}

function daysBefore(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) <= MOST_DAYS_BEFORE) return Number(text);
  throw new UsageError(`--opens-days-before is "${text}": give 0 to ${MOST_DAYS_BEFORE}`);
}

async function bytesOf(path: string, context: CliContext): Promise<Uint8Array> {
  if (path === "-") return Buffer.from(await context.input());
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function read(file: string, bytes: Uint8Array, asked: string | undefined): { found: IcsFile; zone: string } {
  if (asked !== undefined) zoneGiven(asked);
  try {
    const found = readIcs(bytes);
    return { found, zone: asked ?? (found.events.length === 0 ? "UTC" : zoneOfFile(found)) };
  } catch (error) {
    throw error instanceof CalendarError ? new Error(`${file}: ${error.message}`) : error;
  }
}

function zoneGiven(zone: string): void {
  try {
    resolveZone(zone);
  } catch (error) {
    throw new UsageError(`--time-zone: ${(error as Error).message}`);
  }
}

function manifest(name: string, timeZone: string, dates: object[]): string {
  const calendar = {
    apiVersion: "invoiceops.dev/v1alpha1",
    kind: "FilingCalendar",
    metadata: { name },
    spec: { timeZone, dates },
  };
  // Other readers of YAML may take a bare day for a time.
  return stringify(calendar, { lineWidth: 0, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" });
}
