import { ownConditions, removeCondition, setCondition, timestamp } from "../api/v1alpha1/conditions.ts";
import type { FilingCalendar } from "../api/v1alpha1/filing-calendar.ts";
import { Ready, Stalled } from "../api/v1alpha1/reasons.ts";
import type { Window } from "../calendar/window.ts";
import type { KubeObject } from "../kube/resource.ts";
import type { ReconcileContext, Request, Result } from "../runtime/controller.ts";
import type { CalendarMetrics } from "./calendar-metrics.ts";
import { heldUntilOf, nextWindow, type Calendars } from "./calendars.ts";
import type { StatusWriter } from "./status-writer.ts";

/** The controller of FilingCalendars: says what was made of each, so that its author sees what services will follow. */
export class FilingCalendarReconciler {
  readonly #find: (name: string) => (FilingCalendar & KubeObject) | undefined;
  readonly #calendars: Calendars;
  readonly #status: StatusWriter<FilingCalendar & KubeObject>;
  readonly #metrics: CalendarMetrics;

  constructor(options: {
    find: (name: string) => (FilingCalendar & KubeObject) | undefined;
    calendars: Calendars;
    status: StatusWriter<FilingCalendar & KubeObject>;
    metrics: CalendarMetrics;
  }) {
    this.#find = options.find;
    this.#calendars = options.calendars;
    this.#status = options.status;
    this.#metrics = options.metrics;
  }

  readonly reconcile = async ({ name }: Request, context: ReconcileContext): Promise<Result> => {
    const calendar = this.#find(name);
    const now = context.now();
    const view = this.#calendars.view({ name }, now);
    if (!calendar || !view || calendar.metadata.deletionTimestamp !== undefined) {
      this.#status.forget({ name });
      this.#metrics.forget(name);
      return;
    }
    this.#metrics.tell(name, view.windows.at(-1)?.deadline);
    const next = nextWindow(view.windows, now);
    const observedGeneration = calendar.metadata.generation ?? 0;
    let conditions = ownConditions(this.#status.latest(calendar)?.conditions ?? []);
    if (view.problems.length > 0) {
      const message = view.problems.map((problem) => `${problem.field}: ${problem.message}`).join("; ");
      conditions = setCondition(
        conditions,
        { type: "Stalled", status: "True", reason: Stalled.InvalidSpec, message, observedGeneration },
        now,
      );
    } else {
      conditions = removeCondition(conditions, "Stalled");
    }
    conditions = setCondition(
      conditions,
      { type: "Ready", ...readiness(view.problems.length, next), observedGeneration },
      now,
    );
    await this.#status.write(calendar, {
      observedGeneration,
      conditions,
      ...(next
        ? {
            next: {
              period: next.name ?? "",
              opens: timestamp(next.opens),
              deadline: timestamp(next.deadline),
              ...heldUntilOf(next),
              grade: next.grade,
            },
          }
        : {}),
    });
    // The next window changes when this one ends, and which windows are in sight changes with the day.
    return { requeueAfterMs: Math.min(DAY_MS, Math.max(0, endOf(next) - now) + 1) };
  };
}

const DAY_MS = 86_400_000;

/** Until when a window stands as the next one. */
function endOf(window: Window | undefined): number {
  return window?.heldUntil ?? window?.deadline ?? Infinity;
}

function readiness(
  problems: number,
  next: Window | undefined,
): { status: "True" | "False"; reason: "WindowsKnown" | "NoWindowAhead" | "Stalled"; message: string } {
  if (problems > 0)
    return {
      status: "False",
      reason: Ready.Stalled,
      message: "part of the spec cannot be used, see Stalled; the rest is",
    };
  if (!next)
    return {
      status: "False",
      reason: Ready.NoWindowAhead,
      message: "no window lies ahead: add the dates of the coming periods",
    };
  return { status: "True", reason: Ready.WindowsKnown, message: `the next deadline is ${timestamp(next.deadline)}` };
}
