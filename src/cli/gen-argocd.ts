import { stringify } from "yaml";
import { syncWindowsOf, type SyncWindow } from "../calendar/sync-windows.ts";
import { regimeCalendar, unknownRegime } from "../calendar/regimes/regimes.ts";
import { windowsOf } from "../calendar/windows.ts";
import { DAY_MS } from "../calendar/zone.ts";
import { filingCalendars } from "../operator/kinds.ts";
import { holidaysFlag, holidaysOf } from "./holidays.ts";
import { calendarsIn, type Calendar } from "./manifest-calendars.ts";
import { filesFlag, readManifests, recursiveFlag } from "./manifests.ts";
import { EXIT, UsageError, type CliContext, type Verb } from "./verb.ts";

const MOST_MONTHS = 12;

export const genArgocd: Verb = {
  name: "gen argocd",
  operands: "",
  summary: "Print an AppProject whose sync windows hold syncs back while a filing window is open",
  description: `Each sync window denies automatic syncs from the opening of a filing window to its deadline; its description has
the dates. Argo CD's cron has no year, so a sync window comes again a year later: generate anew when the calendar
changes, and at least once in twelve months. "check" tells when they no longer fit.

The output has nothing of the project but its sync windows, and replaces all of them. Patch the project with it, or copy
them into the project in Git; do not apply it, which may take away what it does not have.`,
  flags: {
    project: { type: "string", value: "NAME", help: "The AppProject (default: default)" },
    "project-namespace": { type: "string", value: "NAMESPACE", help: "Where Argo CD is (default: argocd)" },
    regime: {
      type: "string",
      value: "CODE",
      multiple: true,
      help: "A built-in regime to follow, such as CN; may be given several times",
    },
    calendar: {
      type: "string",
      value: "NAME",
      multiple: true,
      help: "A FilingCalendar to follow; may be given several times (default: all, or none with --regime)",
    },
    filename: {
      ...filesFlag,
      help: "Take the FilingCalendars from a file, a folder, or - for standard input, instead of from the cluster",
    },
    recursive: recursiveFlag,
    holidays: holidaysFlag,
    months: { type: "string", value: "N", help: "How far ahead, at most 12 (default 12)" },
    applications: {
      type: "string",
      value: "PATTERN",
      multiple: true,
      help: "Applications to hold back, by name, with * (default: *, all of the project)",
    },
    "no-manual-sync": { type: "boolean", help: "Deny syncs by hand, too" },
    "sync-overrun": { type: "boolean", help: "Let a sync that runs when the window opens end (Argo CD 3.5 and later)" },
  },
  examples: [
    "gen argocd --project billing | kubectl patch appproject billing -n argocd --type=merge --patch-file=/dev/stdin",
    "gen argocd --project billing -f calendars.yaml --months 6",
    "gen argocd --project billing --regime CN --regime DE-BY",
  ],
  rights: [{ verbs: ["list"], resource: "filingcalendars.invoiceops.dev", where: "the cluster" }],
  exits: {
    [EXIT.ok]: "every filing window ahead is in it",
    [EXIT.not]: "part of a calendar cannot be used, or no filing window lies ahead; the rest is printed",
    [EXIT.error]: "nothing is printed: no such calendar or file, no right to list them, or the command line is wrong",
  },
  async run(context) {
    if (context.operands.length > 0)
      throw new UsageError(`${context.operands.join(" ")} is too much: name calendars with --calendar`);
    const months = monthsOf(context);
    const table = await holidaysOf(context);
    const regimes = regimesOf(context.texts("regime"));
    const names = context.texts("calendar");
    const alone = regimes.length > 0 && names.length === 0;
    const { calendars: known, refused } = alone ? { calendars: [], refused: [] } : await readCalendars(context);
    for (const line of refused) context.warn(`${line}\n`);
    const calendars = [...regimes, ...(alone ? [] : chosen(known, names))];
    const now = context.clock.now();
    let complete = refused.length === 0;
    const windows: SyncWindow[] = [];
    for (const { metadata, spec } of calendars) {
      const range = { from: now - 366 * DAY_MS, to: now + 2 * 366 * DAY_MS };
      const found = windowsOf(spec, metadata.name, range, table);
      for (const { field, message } of found.problems) {
        context.warn(`FilingCalendar/${metadata.name}: ${field}: ${message}\n`);
        complete = false;
      }
      windows.push(...syncWindowsOf(found.windows, found.zone ?? "UTC", now, months));
    }
    if (windows.length === 0) {
      context.warn("no filing window lies ahead: add the dates of the coming periods\n");
      complete = false;
    }
    context.out(projectText(context, windows));
    return complete ? EXIT.ok : EXIT.not;
  },
};

/** Those of the cluster, or of the files that are given; `refused` says what in these is none. */
async function readCalendars(context: CliContext): Promise<{ calendars: Calendar[]; refused: string[] }> {
  if (context.texts("filename").length > 0) return calendarsIn(await readManifests(context));
  return { calendars: (await context.cluster().client.list(filingCalendars, {})).items, refused: [] };
}

function regimesOf(codes: readonly string[]): Calendar[] {
  return codes.map((code) => {
    const spec = regimeCalendar(code);
    if (!spec) throw new UsageError(`--regime: ${unknownRegime(code)}`);
    return { metadata: { name: code }, spec };
  });
}

function chosen(calendars: readonly Calendar[], names: readonly string[]): Calendar[] {
  const missing = names.find((name) => calendars.every(({ metadata }) => metadata.name !== name));
  if (missing !== undefined) {
    const there = calendars.map(({ metadata }) => metadata.name).join(", ") || "none";
    throw new Error(`there is no FilingCalendar ${missing}; there are: ${there}`);
  }
  return calendars
    .filter(({ metadata }) => names.length === 0 || names.includes(metadata.name))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function monthsOf(context: CliContext): number {
  const text = context.text("months") ?? `${MOST_MONTHS}`;
  const months = Number(text);
  if (/^\d{1,2}$/.test(text) && months >= 1 && months <= MOST_MONTHS) return months;
  throw new UsageError(`--months is "${text}": give 1 to ${MOST_MONTHS}; a sync window comes again each year`);
}

function projectText(context: CliContext, windows: readonly SyncWindow[]): string {
  const applications = context.texts("applications");
  const project = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: {
      name: context.text("project") ?? "default",
      namespace: context.text("project-namespace") ?? "argocd",
    },
    spec: {
      syncWindows: windows.map((window) => ({
        kind: "deny",
        ...window,
        applications: applications.length > 0 ? applications : ["*"],
        manualSync: !context.given("no-manual-sync"),
        ...(context.given("sync-overrun") ? { syncOverrun: true } : {}),
      })),
    },
  };
  const today = new Date(context.clock.now()).toISOString().slice(0, 10);
  return `# Generated by ${context.command} gen argocd on ${today}. Argo CD's cron has no year: generate anew within twelve months.
${stringify(project, { lineWidth: 0, indentSeq: false })}`;
}
