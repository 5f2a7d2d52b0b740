import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { Forecaster } from "../forecast/forecaster.ts";
import { learnBaseline } from "../forecast/learn-baseline.ts";
import type { CalendarView } from "../operator/calendars.ts";
import { planSources } from "../operator/plan-sources.ts";
import type { PlanSource } from "../scaling/plan.ts";
import type { Past } from "./past.ts";

/** What the operator would plan with at a moment of a replay: learnt from the past alone. */

const LEARN_MS = 6 * 7 * 86_400_000;
const STEP_MS = 900_000;

/** What is expected at a moment, requests/s. */
interface Told {
  expected: (at: number) => number;
  /** The bound that is planned with. */
  upper: (at: number) => number;
  /** Not exceeded with probability `q`. */
  bound: (q: number) => Forecaster;
}

export interface Prepared {
  sources: readonly PlanSource[];
  /** Absent while nothing usual has been seen. */
  forecast?: Told;
  complete: boolean;
  /** A window is in force: what comes in tells about it. */
  inForce: boolean;
}

export class Planner {
  readonly #service: InvoiceService;

  constructor(service: InvoiceService) {
    this.#service = service;
  }

  prepare(past: Past, calendars: readonly CalendarView[]): Prepared {
    const { now } = past;
    const service = this.#service;
    const bare = planSources({ service, calendars, baseline: undefined, now });
    const baseline = learnBaseline(past.samples(now - LEARN_MS, now, STEP_MS), {
      zone: bare.zone,
      exclude: bare.unusual,
    });
    const { sources, forecast } = planSources({ service, calendars, baseline, now });
    return {
      sources,
      ...(forecast ? { forecast: toldBy(forecast) } : {}),
      complete: baseline !== undefined || !bare.needsForecast,
      inForce: bare.windows.some(({ opens, deadline }) => opens <= now && now < deadline),
    };
  }
}

function toldBy(forecast: Forecaster): Told {
  const expected = (at: number): number => forecast.expected(at);
  return { expected, upper: expected, bound: () => forecast };
}
