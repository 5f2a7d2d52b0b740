import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { Forecaster } from "../forecast/forecaster.ts";
import type { LearnedForecast } from "../forecast/learned-forecast.ts";
import type { ForecastState } from "../forecast/state.ts";
import type { CalendarView } from "../operator/calendars.ts";
import { isOpen, learnFrom, WEEKS_MS, type Learning } from "../operator/learning.ts";
import { planSources } from "../operator/plan-sources.ts";
import type { PlanSource } from "../scaling/plan.ts";
import type { Past } from "./past.ts";

/** What the operator would plan with at a moment of a replay: learnt from the past alone, piece by piece. */

/** As the operator asks Prometheus. */
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
  #state: ForecastState | undefined;
  #calendars: readonly CalendarView[] | undefined;

  constructor(service: InvoiceService) {
    this.#service = service;
  }

  prepare(past: Past, calendars: readonly CalendarView[]): Prepared {
    const { now } = past;
    const service = this.#service;
    const { windows, events, zone } = planSources({ service, calendars, now });
    const learnt = this.#learn(past, calendars, { windows, events, zone, perReplica: service.spec.scaling.perReplica });
    const { sources, forecast, needsForecast } = planSources({ service, calendars, learnt, now });
    return {
      sources,
      ...(forecast ? { forecast: toldBy(forecast, service) } : {}),
      complete: learnt.baseline !== undefined || !needsForecast,
      inForce: isOpen(windows, now),
    };
  }

  /** Goes on from what was learnt; where the calendars are others, the last weeks are sorted afresh. */
  #learn(past: Past, calendars: readonly CalendarView[], question: Learning): ForecastState {
    const { now } = past;
    const afresh = this.#calendars !== undefined && this.#calendars !== calendars;
    const since = this.#state?.learntUntil ?? past.start;
    const load = [...past.samples(afresh ? Math.min(since, now - WEEKS_MS) : since, now, STEP_MS)];
    const { state } = learnFrom(this.#state, { load, ready: undefined, stepMs: STEP_MS }, question, { now, afresh });
    this.#calendars = calendars;
    this.#state = state;
    return state;
  }
}

function toldBy(forecast: LearnedForecast, { spec }: InvoiceService): Told {
  const { quantile } = spec.scaling;
  const upper = forecast.planned({ utilization: 1, ...(quantile === undefined ? {} : { quantile }) });
  return {
    expected: (at) => forecast.expected(at),
    upper: (at) => upper.expected(at),
    bound: (q) => forecast.bound(q),
  };
}
