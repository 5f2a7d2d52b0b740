import { setImmediate as nextTurn } from "node:timers/promises";
import type { Baseline, Span } from "../forecast/baseline.ts";
import { learnBaseline } from "../forecast/learn-baseline.ts";
import type { Failure, Endpoint } from "../prometheus/reading.ts";
import { selectPoints } from "../prometheus/select.ts";
import type { SharedQueries } from "../prometheus/shared-queries.ts";
import type { Clock } from "../runtime/clock.ts";

/** The usual demand of each service, learnt from Prometheus now and then, and kept when that fails. */

const HOUR_MS = 3_600_000;
const WEEKS_MS = 6 * 7 * 24 * HOUR_MS;
const STEP_MS = 900_000;
const REFRESH_MS = 6 * HOUR_MS;
const RETRY_MS = 60_000;
/** Services that start together and share a query share its answer; it is large, so it is not kept longer. */
const SHARED_FOR_MS = 60_000;

export interface HistoryQuestion {
  endpoint: Endpoint;
  query: string;
  select?: Readonly<Record<string, string>>;
  /** Spans that are not usual: windows and events. */
  exclude: readonly Span[];
  zone: string;
}

export interface HistoryState {
  /** The best baseline that could be learnt. */
  baseline?: Baseline;
  /** The baseline comes from all the data there was, so what it says may also be followed down. */
  whole: boolean;
  /** Why the last try gave none, or none that is as good. */
  failure?: Failure;
  /** A try is over: what there is now is what there is. */
  known: boolean;
}

const NOTHING: HistoryState = { known: false, whole: false };

interface Entry {
  /** What was asked; another question begins anew. */
  asked: string;
  /** What was left out, and the zone, at the last try: where these change, the same data says something else. */
  basis: string;
  state: HistoryState;
  /** On the monotonic clock. */
  due: number;
  running: boolean;
}

export class History {
  readonly #queries: SharedQueries;
  readonly #clock: Clock;
  readonly #onLearnt: (key: string) => void;
  readonly #entries = new Map<string, Entry>();
  #lane: Promise<void> = Promise.resolve();

  /** `onLearnt` is called with the service's key when there is something new to decide on. */
  constructor(options: { queries: SharedQueries; clock: Clock; onLearnt: (key: string) => void }) {
    this.#queries = options.queries;
    this.#clock = options.clock;
    this.#onLearnt = options.onLearnt;
  }

  /** What is known now; a try that is due goes on in the background, so that no decision waits for weeks of data. */
  of(key: string, question: HistoryQuestion): HistoryState {
    const asked = JSON.stringify([question.endpoint.url, question.query, question.select]);
    const basis = JSON.stringify([question.zone, question.exclude]);
    let entry = this.#entries.get(key);
    if (entry?.asked !== asked) {
      entry = { asked, basis, state: NOTHING, due: -Infinity, running: false };
      this.#entries.set(key, entry);
    }
    const due = entry.basis !== basis || this.#clock.monotonic() >= entry.due;
    if (due && !entry.running) {
      entry.basis = basis;
      void this.#try(key, entry, question);
    }
    return entry.state;
  }

  /** What is known without asking: while nobody can say where to ask, what was learnt before is still true. */
  last(key: string): HistoryState {
    return this.#entries.get(key)?.state ?? NOTHING;
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  async #try(key: string, entry: Entry, question: HistoryQuestion): Promise<void> {
    entry.running = true;
    try {
      entry.state = await this.#learn(entry, question);
    } catch (error) {
      // Whatever this one service's data is: a rejection that nobody hears would end the process for all.
      const message = error instanceof Error ? error.message : String(error);
      entry.state = { ...entry.state, known: true, failure: { ok: false, reason: "UnexpectedResult", message } };
    }
    entry.due = this.#clock.monotonic() + waitAfter(entry.state);
    entry.running = false;
    if (this.#entries.get(key) === entry) this.#onLearnt(key);
  }

  async #learn({ state }: Entry, { endpoint, query, select, zone, exclude }: HistoryQuestion): Promise<HistoryState> {
    // Aligned, so that equal questions are equal for all who ask within a step; and past, since a query such as
    // "... or vector(0)" has an answer for the time to come as well.
    const end = Math.floor(this.#clock.now() / STEP_MS) * STEP_MS;
    const grid = { start: end - WEEKS_MS, end, stepMs: STEP_MS };
    const answer = await this.#queries.askRange(endpoint, query, { ...grid, maxAgeMs: SHARED_FOR_MS });
    await this.#turn();
    const points = selectPoints(answer, select);
    if (!points.ok) return { ...state, known: true, failure: points };
    return better(state, learnBaseline(points.points, { zone, exclude }), points.partial);
  }

  /** Thousands that share an answer have it at the same moment: they learn one by one, and others run in between. */
  #turn(): Promise<void> {
    this.#lane = this.#lane.then(() => nextTurn());
    return this.#lane;
  }
}

/** The state after a try: what is learnt from less than was known before does not take its place. */
function better(before: HistoryState, learnt: Baseline | undefined, partial: string | undefined): HistoryState {
  const { baseline } = before;
  if (!learnt) return { ...(baseline ? { baseline } : {}), whole: before.whole, known: true };
  if (partial !== undefined) {
    const failure: Failure = { ok: false, reason: "PartialData", message: `part of the data is missing: ${partial}` };
    return before.whole ? { ...before, failure } : { baseline: learnt, whole: false, known: true, failure };
  }
  if (before.whole && baseline?.profile.sufficient && !learnt.profile.sufficient) {
    const failure: Failure = { ok: false, reason: "NoData", message: `little is left of it: ${learnt.description}` };
    return { ...before, failure };
  }
  return { baseline: learnt, whole: true, known: true };
}

function waitAfter({ baseline, failure }: HistoryState): number {
  if (failure || !baseline) return RETRY_MS;
  // With little history each further sample tells something, and there is one more with each step.
  return baseline.profile.sufficient ? REFRESH_MS : STEP_MS;
}
