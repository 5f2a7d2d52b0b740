import { learnBaseline, type Baseline, type Span } from "../forecast/baseline.ts";
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
  /** The last baseline that could be learnt. */
  baseline?: Baseline;
  /** Why the last try gave none. */
  failure?: Failure;
  /** A try is over: what there is now is what there is. */
  known: boolean;
}

const NOTHING: HistoryState = { known: false };

interface Entry {
  fingerprint: string;
  state: HistoryState;
  due: number;
  running: boolean;
}

export class History {
  readonly #queries: SharedQueries;
  readonly #clock: Clock;
  readonly #onLearnt: (key: string) => void;
  readonly #entries = new Map<string, Entry>();

  /** `onLearnt` is called with the service's key when there is something new to decide on. */
  constructor(options: { queries: SharedQueries; clock: Clock; onLearnt: (key: string) => void }) {
    this.#queries = options.queries;
    this.#clock = options.clock;
    this.#onLearnt = options.onLearnt;
  }

  /** What is known now; a try that is due goes on in the background, so that no decision waits for weeks of data. */
  of(key: string, question: HistoryQuestion): HistoryState {
    const fingerprint = JSON.stringify([question.endpoint.url, question.query, question.select, question.zone]);
    let entry = this.#entries.get(key);
    if (entry?.fingerprint !== fingerprint) {
      entry = { fingerprint, state: { known: false }, due: 0, running: false };
      this.#entries.set(key, entry);
    }
    if (!entry.running && this.#clock.now() >= entry.due) void this.#learn(key, entry, question);
    return entry.state;
  }

  /** What is known without asking: while nobody can say where to ask, what was learnt before is still true. */
  last(key: string): HistoryState {
    return this.#entries.get(key)?.state ?? NOTHING;
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  async #learn(key: string, entry: Entry, question: HistoryQuestion): Promise<void> {
    entry.running = true;
    // Aligned to the hour, so that equal questions are equal for all who ask within it.
    const end = Math.floor(this.#clock.now() / HOUR_MS) * HOUR_MS + HOUR_MS;
    const grid = { start: end - WEEKS_MS, end, stepMs: STEP_MS };
    const answer = await this.#queries.askRange(question.endpoint, question.query, {
      ...grid,
      maxAgeMs: SHARED_FOR_MS,
    });
    const points = selectPoints(answer, question.select);
    const { zone, exclude } = question;
    const baseline = points.ok ? learnBaseline(points.points, { zone, exclude }) : undefined;
    const kept = baseline ?? entry.state.baseline;
    entry.state = { known: true, ...(kept ? { baseline: kept } : {}), ...(points.ok ? {} : { failure: points }) };
    entry.due = this.#clock.now() + (baseline?.profile.sufficient ? REFRESH_MS : RETRY_MS);
    entry.running = false;
    if (this.#entries.get(key) === entry) this.#onLearnt(key);
  }
}
