import type { Problem } from "../../api/v1alpha1/fields.ts";
import type { InvoiceService } from "../../api/v1alpha1/invoice-service.ts";
import type { HolidayTable } from "../../calendar/holidays/holiday-table.ts";
import type { Window } from "../../calendar/window.ts";
import { windowsOf } from "../../calendar/windows.ts";
import { emptyState, type ForecastState } from "../../forecast/state.ts";
import type { CalendarView } from "../../operator/calendars.ts";
import { planSources } from "../../operator/plan-sources.ts";
import type { Calendar } from "../manifest-calendars.ts";
import { planSteps, type PlanStep } from "../../scaling/plan.ts";

/** What the operator would ask for, and when, without an operator: the same functions, on what is in files. */

export interface PlanQuestion {
  /** Defaults filled in, and what cannot be used repaired. */
  service: InvoiceService;
  calendars: readonly Calendar[];
  /** [from, to], ms since the epoch. */
  from: number;
  to: number;
  /** How long before it is needed capacity is asked for, ms. */
  leadMs: number;
  /** The days off that are known. */
  holidays: HolidayTable;
  /**
   * What was learnt of the load, or the usual demand in requests/s, at all hours; windows and forecast events cannot be
   * planned without either.
   */
  load: ForecastState | number | undefined;
}

export interface PlanAnswer {
  steps: PlanStep[];
  windows: Window[];
  problems: Problem[];
  /** Windows or events ask for a forecast. */
  needsForecast: boolean;
  /** What the forecast rests on, in words, and what is to be doubted in it. */
  basis?: string;
  caution?: string;
}

const DAY_MS = 86_400_000;
/** What the operator plans ahead at one look holds for this long, and a little more. */
const PART_MS = 30 * DAY_MS;
/** More than there can be: a step an hour. */
const STEPS = 10_000;
/** Back as far as a window that opened earlier may reach. */
const BACK_MS = 400 * DAY_MS;

export function planOf({ service, calendars, from, to, leadMs, holidays, load }: PlanQuestion): PlanAnswer {
  const base = service.spec.scaling.minReplicas;
  const views = calendars.map((calendar) => viewOf(calendar, { from, to }, holidays));
  const zone = views.find((view) => view.zone !== undefined)?.zone ?? service.spec.events?.[0]?.timeZone ?? "UTC";
  const learnt = typeof load === "number" ? steady(load, zone) : load;
  const steps: PlanStep[] = [];
  const problems = new Map<string, Problem>();
  let needsForecast = false;
  let about: Pick<PlanAnswer, "basis" | "caution"> = {};
  for (let now = from; now <= to; now += PART_MS) {
    const plan = planSources({ service, calendars: views, learnt, now });
    const part = planSteps(plan.sources, base, { from: now, to: Math.min(to, now + PART_MS - 1), leadMs }, STEPS);
    for (const step of part) if (steps.at(-1)?.replicas !== step.replicas) steps.push(step);
    for (const problem of plan.problems) problems.set(`${problem.field}: ${problem.message}`, problem);
    needsForecast ||= plan.needsForecast;
    const caution = plan.forecast?.caution(service.spec.scaling.quantile);
    about = {
      ...about,
      ...(plan.forecast ? { basis: plan.forecast.basis } : {}),
      ...(caution === undefined ? {} : { caution }),
    };
  }
  return {
    steps,
    windows: views
      .flatMap(({ windows }) => windows)
      .filter(({ opens, deadline, heldUntil = deadline }) => opens <= to && heldUntil >= from)
      .toSorted((a, b) => a.deadline - b.deadline),
    problems: [...views.flatMap((view) => view.problems), ...problems.values()],
    needsForecast,
    ...about,
  };
}

/** The same load at all hours; how high it ever was is not said. */
function steady(load: number, zone: string): ForecastState {
  const baseline = { zone, levels: [load], hours: 0, points: 0, sufficient: true };
  return { ...emptyState(zone), baseline };
}

function viewOf(
  { metadata: { name }, spec }: Calendar,
  { from, to }: { from: number; to: number },
  holidays: HolidayTable,
): CalendarView {
  return { name, ...windowsOf(spec, name, { from: from - BACK_MS, to: to + PART_MS }, holidays) };
}
