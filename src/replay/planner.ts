import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { learnBaseline } from "../forecast/learn-baseline.ts";
import type { Forecaster } from "../forecast/forecaster.ts";
import type { CalendarView } from "../operator/calendars.ts";
import { planSources } from "../operator/plan-sources.ts";
import type { PlanSource } from "../scaling/plan.ts";
import type { Past } from "./past.ts";

/** What the operator would plan with at a moment of a replay: learnt from the past alone, as often as it learns. */

const LEARN_MS = 6 * 7 * 86_400_000;
const STEP_MS = 900_000;

export interface Prepared {
  sources: readonly PlanSource[];
  /** The demand that is not exceeded with this probability; absent while nothing usual has been seen. */
  bound?: (q: number) => Forecaster;
  complete: boolean;
}

export class Planner {
  readonly #service: InvoiceService;
  readonly #viewsAt: (now: number) => readonly CalendarView[];

  constructor(service: InvoiceService, viewsAt: (now: number) => readonly CalendarView[]) {
    this.#service = service;
    this.#viewsAt = viewsAt;
  }

  prepare(past: Past): Prepared {
    const { now } = past;
    const calendars = this.#viewsAt(now);
    const bare = planSources({ service: this.#service, calendars, baseline: undefined, now });
    const baseline = learnBaseline(past.samples(now - LEARN_MS, now, STEP_MS), {
      zone: bare.zone,
      exclude: bare.unusual,
    });
    const { sources, forecast } = planSources({ service: this.#service, calendars, baseline, now });
    return {
      sources,
      ...(forecast ? { bound: () => forecast } : {}),
      complete: baseline !== undefined || !bare.needsForecast,
    };
  }
}
