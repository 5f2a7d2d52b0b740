import { timestamp } from "../api/v1alpha1/conditions.ts";
import { schemaOf } from "../api/v1alpha1/crd.ts";
import { withDefaults } from "../api/v1alpha1/defaults.ts";
import { invoiceServiceKind, type InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { repairInvoiceService } from "../api/v1alpha1/validate.ts";
import { regimeCalendar, regimeOf, unknownRegime } from "../calendar/regimes/regimes.ts";
import { resolveZone } from "../calendar/zone.ts";
import { calendarName, heldUntilOf } from "../operator/calendars.ts";
import { userLeadMs } from "../scaling/settings.ts";
import { kindOfManifest } from "./lint/kind-of.ts";
import { schemaRefusals } from "./lint/schema.ts";
import { calendarsIn, type Calendar } from "./manifest-calendars.ts";
import { aboutFlag, rangeFlags } from "./moment-flag.ts";
import { filesFlag, nameOfManifest, readManifests, recursiveFlag, type Manifest } from "./manifests.ts";
import { formatOf, outputFlag, printedAs } from "./output.ts";
import { planOf, type PlanQuestion } from "./plan/steps.ts";
import type { ForecastState } from "../forecast/state.ts";
import { holidaysFlag, holidaysOf } from "./holidays.ts";
import { readStateFile } from "./state-file.ts";
import { planText, type PlanView } from "./plan/table.ts";
import { durationFlag } from "./run.ts";
import { EXIT, UsageError, type CliContext, type Verb } from "./verb.ts";

/** The shortest lead that the operator plans with; what it measures at the pods is not in a file. */
const SHORTEST_LEAD = "2m";
const LONGEST_DAYS = 400;

export const plan: Verb = {
  name: "plan",
  operands: "",
  summary: "Show what will happen when: the replicas that are asked for from T to T, and why; needs no cluster",
  description:
    "Reads InvoiceServices and the FilingCalendars that they follow from files and plans with the operator's own functions. What depends on the cluster is given by flags: what was learnt of the load (--state) or the usual demand (--demand), and, where spec.scaling.lead is auto, the lead time (--lead). Demand that rises above the plan raises the count too, and after a window the floor comes down in the steps of spec.scaling.release; neither is in the table.",
  flags: {
    filename: filesFlag,
    recursive: recursiveFlag,
    from: { type: "string", value: "TIME", help: "2026-11-01, 2026-11-01T08:00 (in --zone), or with an offset" },
    to: { type: "string", value: "TIME", help: "The same; at most 400 days later" },
    zone: { type: "string", value: "ZONE", help: "IANA zone of times (default: that of the first calendar, or UTC)" },
    demand: { type: "string", value: "N", help: "Usual demand in requests/s, at all hours" },
    state: { type: "string", value: "FILE", help: "What was learnt, as `state export` prints it, instead of --demand" },
    lead: { type: "string", value: "DURATION", help: "Lead time where spec.scaling.lead is auto (default 2m)" },
    holidays: holidaysFlag,
    output: outputFlag,
  },
  examples: [
    "plan -f billing.yaml -f calendar.yaml --from 2026-11-01 --to 2026-12-01 --demand 800",
    "plan -f deploy/ -R --from 2026-11-01 --to 2026-11-20 --zone Asia/Shanghai -o json",
    "plan -f billing.yaml --from 2026-11-01 --to 2026-12-01 --state vat-issuing.json",
  ],
  rights: [],
  exits: {
    [EXIT.ok]: "planned",
    [EXIT.not]: "planned, but something is missing or does not fit; the notes say what",
    [EXIT.error]: "no plan: the command line is wrong, or there is no InvoiceService in the files",
  },
  async run(context) {
    formatOf(context);
    const read = await readManifests(context);
    const { manifests } = read;
    const { calendars, refused } = calendarsIn(read);
    for (const line of refused) context.warn(`${line}\n`);
    const services = manifests.filter((one) => kindOfManifest(one) === invoiceServiceKind);
    if (services.length === 0) throw new UsageError("there is no InvoiceService in the files");
    const known = [...calendars, ...regimesIn(services)];
    const zone = zoneOf(context, known);
    const range = rangeFlags(context, { zone, longestDays: LONGEST_DAYS });
    const [load, holidays] = await Promise.all([loadOf(context), holidaysOf(context)]);
    const views = services.map((service) => viewOf(context, service, known, { ...range, zone, load, holidays }));
    if (!printedAs(context, () => ({ from: timestamp(range.from), to: timestamp(range.to), services: views }))) {
      context.out(views.map((view) => planText(view, zone, context.paint)).join("\n"));
    }
    return refused.length > 0 || views.some(({ notes }) => notes.length > 0) ? EXIT.not : EXIT.ok;
  },
};

/** The regimes that services follow, as calendars of their own. */
function regimesIn(services: readonly Manifest[]): Calendar[] {
  const refs = services.flatMap(({ object }) => {
    const { calendars } = (object["spec"] ?? {}) as { calendars?: unknown };
    return Array.isArray(calendars) ? (calendars as { regime?: unknown }[]) : [];
  });
  const codes = new Set(refs.map((ref) => ref?.regime).filter((code) => typeof code === "string"));
  return [...codes].flatMap((code) => {
    const spec = regimeCalendar(code);
    return spec ? [{ metadata: { name: code }, spec }] : [];
  });
}

function zoneOf(context: CliContext, calendars: readonly Calendar[]): string {
  const given = context.text("zone");
  if (given === undefined) return calendars.map(({ spec }) => zoneNameOf(spec)).find(isZone) ?? "UTC";
  return aboutFlag("zone", () => resolveZone(given));
}

function zoneNameOf({ timeZone, regime }: Calendar["spec"]): string | undefined {
  return timeZone ?? (regime === undefined ? undefined : regimeOf(regime)?.spec.timeZone);
}

function isZone(name: string | undefined): boolean {
  try {
    return name !== undefined && resolveZone(name) !== "";
  } catch {
    return false;
  }
}

function viewOf(
  context: CliContext,
  manifest: Manifest,
  calendars: readonly Calendar[],
  { zone, ...question }: { zone: string } & Pick<PlanQuestion, "from" | "to" | "load" | "holidays">,
): PlanView {
  const schema = schemaOf(invoiceServiceKind);
  const stored = withDefaults(schema, manifest.object) as InvoiceService;
  const name = nameOfManifest(manifest);
  const refusals = schemaRefusals(schema, stored);
  if (refusals.length > 0) {
    const told = refusals.map(
      ({ field, message }) => `${manifest.file}:${manifest.lineOf(field)}: ${field}: ${message}`,
    );
    return { name, zone, windows: [], steps: [], notes: told };
  }
  const { spec, problems } = repairInvoiceService(stored.spec);
  const service = { ...stored, spec };
  const named = (spec.calendars ?? []).map(calendarName);
  const followed = calendars.filter(({ metadata }) => named.includes(metadata.name));
  const missing = named.filter((one) => !followed.some(({ metadata }) => metadata.name === one));
  const leadMs = userLeadMs(spec) ?? durationFlag("lead", context.text("lead") ?? SHORTEST_LEAD);
  const answer = planOf({ ...question, service, calendars: followed, leadMs });
  const { minReplicas, maxReplicas, perReplica } = spec.scaling;
  const most = Math.max(...answer.steps.map(({ replicas }) => replicas));
  const notes = [
    ...[...problems, ...answer.problems].map(({ field, message }) => `${field}: ${message}`),
    ...(spec.calendars ?? [])
      .filter((ref) => missing.includes(calendarName(ref)))
      .map(({ regime, name: one }) =>
        regime === undefined
          ? `FilingCalendar ${one} is not in the files: its windows are not planned`
          : `spec.calendars: ${unknownRegime(regime)}`,
      ),
    ...(answer.needsForecast && question.load === undefined
      ? [
          "windows and events with expectedPeakFactor are not planned: give the usual demand by --demand, or what was learnt by --state",
        ]
      : []),
    ...(answer.needsForecast && perReplica === undefined
      ? ["windows cannot become replicas without spec.scaling.perReplica, the requests/s that one replica serves"]
      : []),
    ...(most > maxReplicas ? [`${most} replicas are needed, spec.scaling.maxReplicas allows ${maxReplicas}`] : []),
  ];
  const before = (index: number): number => answer.steps[index - 1]?.replicas ?? minReplicas;
  return {
    name,
    zone,
    workload: `${spec.workload.kind}/${spec.workload.name}`,
    minReplicas,
    maxReplicas,
    leadSeconds: Math.round(leadMs / 1000),
    leadMeasured: userLeadMs(spec) === undefined,
    windows: answer.windows.map((window) => ({
      calendar: window.calendar,
      ...(window.name === undefined ? {} : { period: window.name }),
      opens: timestamp(window.opens),
      deadline: timestamp(window.deadline),
      ...heldUntilOf(window),
      grade: window.grade,
    })),
    steps: answer.steps.map(({ from: at, replicas, reason }, index) => ({
      askedFor: timestamp(at),
      // What goes up is asked for one lead time early; what goes down goes at its time.
      neededFrom: timestamp(index > 0 && replicas > before(index) ? at + leadMs : at),
      replicas,
      reason,
    })),
    ...(answer.basis === undefined ? {} : { basis: answer.basis }),
    notes: [...notes, ...(answer.caution === undefined ? [] : [answer.caution])],
  };
}

/** What is known of the load: what was learnt, or its usual height. */
async function loadOf(context: CliContext): Promise<ForecastState | number | undefined> {
  const path = context.text("state");
  const demand = demandOf(context);
  if (path === undefined) return demand;
  if (demand !== undefined) throw new UsageError("--demand and --state say the same thing twice: give one of them");
  return readStateFile("state", path, context);
}

function demandOf(context: CliContext): number | undefined {
  const text = context.text("demand");
  if (text === undefined) return undefined;
  const demand = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(demand)) return demand;
  throw new UsageError(`--demand is "${text}": give a number of requests/s, for example 800`);
}
