import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { RangeAnswer } from "../prometheus/answer.ts";
import type { Grid } from "../prometheus/parse.ts";
import type { Endpoint } from "../prometheus/reading.ts";
import { selectPoints } from "../prometheus/select.ts";
import type { SharedQueries } from "../prometheus/shared-queries.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ForecastStore, Owner } from "./forecast-store.ts";
import { better, NOTHING, type HistoryState } from "./history-state.ts";
import { Keeper } from "./keeper.ts";
import {
  capacityOf,
  isOpen,
  isOtherwise,
  LONGEST_MS,
  learnFrom,
  READY_QUERY,
  unseen,
  WEEKS_MS,
  type Learning,
} from "./learning.ts";
import { PackedState } from "./packed-state.ts";
import type { PastLoader } from "./past-loader.ts";
import { Samples } from "./samples.ts";

/**
 * What is learnt of each service from the history of its demand: read from Prometheus now and then, kept beside the
 * service, and held on to when either fails.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FINE_MS = 5 * MINUTE_MS;
const COARSE_MS = 15 * MINUTE_MS;
/** Up to here samples are asked for 5 minutes apart, further back 15. */
const FEW_DAYS_MS = 3 * DAY_MS;
/** How often what is new is learnt: what comes in a window in force tells about the rest of it. */
const REFRESH_MS = 6 * HOUR_MS;
const REFRESH_IN_WINDOW_MS = HOUR_MS;
const RETRY_MS = MINUTE_MS;
/** Months are not asked for again so soon. */
const RETRY_PAST_MS = HOUR_MS;
/** Services that start together and share a query share its answer; it is large, so it is not kept longer. */
const SHARED_FOR_MS = MINUTE_MS;

/** What is asked about a service; the same value while nothing in it has changed. */
export interface HistoryQuestion extends Learning {
  owner: Owner;
  query: string;
  select?: Readonly<Record<string, string>>;
}

interface Entry {
  /** What was asked; another question begins anew. */
  asked: string;
  question: HistoryQuestion;
  /** The question of the last learning: where windows or the zone are others by now, the same data says something else. */
  learntFor?: HistoryQuestion;
  keeper: Keeper;
  state: HistoryState;
  refreshedAt: number | undefined;
  /** On the monotonic clock: when the next try is due, and when the next look at the past. */
  due: number;
  pastDue: number;
  running: boolean;
}

export interface HistoryOptions {
  queries: Pick<SharedQueries, "askRange">;
  past: Pick<PastLoader, "load">;
  store: ForecastStore;
  clock: Clock;
  /** Called with the service's key when there is something new to decide on. */
  onLearnt: (key: string) => void;
}

export class History {
  readonly #options: HistoryOptions;
  readonly #entries = new Map<string, Entry>();
  #lane: Promise<void> = Promise.resolve();

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /**
   * What is known now; a try that is due goes on in the background, so that no decision waits for weeks of data.
   * `refreshedAt` is when somebody asked for another try.
   */
  of(key: string, endpoint: Endpoint, question: HistoryQuestion, refreshedAt?: number): HistoryState {
    const asked = JSON.stringify([endpoint.url, question.query, question.select]);
    let entry = this.#entries.get(key);
    if (entry?.asked !== asked) {
      entry = this.#begin(asked, question, refreshedAt);
      this.#entries.set(key, entry);
    }
    if (entry.refreshedAt !== refreshedAt) {
      entry.refreshedAt = refreshedAt;
      entry.keeper.refresh();
      entry.due = -Infinity;
    }
    if (entry.question !== question) {
      entry.question = question;
      if (isAfresh(entry, this.#options.clock.now())) entry.due = -Infinity;
    }
    if (!entry.running && this.#options.clock.monotonic() >= entry.due) void this.#try(key, entry, endpoint);
    return entry.state;
  }

  /** What is known without asking: while nobody can say where to ask, what was learnt before is still true. */
  last(key: string): HistoryState {
    return this.#entries.get(key)?.state ?? NOTHING;
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  #begin(asked: string, question: HistoryQuestion, refreshedAt: number | undefined): Entry {
    const { owner, query, select } = question;
    const digest = createHash("sha256")
      .update(JSON.stringify([query, select]))
      .digest("hex");
    return {
      asked,
      question,
      keeper: new Keeper(this.#options.store, owner, digest.slice(0, 12)),
      state: NOTHING,
      refreshedAt,
      due: -Infinity,
      pastDue: -Infinity,
      running: false,
    };
  }

  async #try(key: string, entry: Entry, endpoint: Endpoint): Promise<void> {
    const { clock, onLearnt } = this.#options;
    const { question } = entry;
    entry.running = true;
    try {
      // What an earlier process learnt is there before anything is asked.
      const recalled = await entry.keeper.recall();
      if (recalled) entry.state = { ...entry.state, learnt: recalled, whole: recalled.baseline !== undefined };
      await this.#learn(entry, endpoint, question);
    } catch (error) {
      // Whatever this one service's data is: a rejection that nobody hears would end the process for all.
      const message = error instanceof Error ? error.message : String(error);
      entry.state = { ...entry.state, known: true, failure: { ok: false, reason: "UnexpectedResult", message } };
    }
    this.#note(entry);
    entry.due = clock.monotonic() + waitAfter(entry.state, isOpen(question.windows, clock.now()));
    entry.running = false;
    if (this.#entries.get(key) !== entry) return;
    this.#search(key, entry, endpoint);
    onLearnt(key);
  }

  /** Reads what is new, or at first the last weeks, and learns from it. */
  async #learn(entry: Entry, endpoint: Endpoint, question: HistoryQuestion): Promise<void> {
    const now = this.#options.clock.now();
    const afresh = isAfresh(entry, now);
    const { learnt, capacity } = entry.state;
    // What one replica serves shows in weeks alone.
    const weighs = question.perReplica === undefined && !capacity?.ok;
    const weeks = afresh || weighs ? [now - WEEKS_MS] : [];
    const grid = gridOf(now, Math.min(now, ...weeks, ...(learnt && !afresh ? [learnt.learntUntil] : [])));
    const found = selectPoints(await this.#ask(endpoint, question.query, grid), question.select);
    if (!found.ok) {
      entry.state = { ...entry.state, known: true, failure: found };
      return;
    }
    const history = { load: found.points, ready: await this.#ready(endpoint, question, grid), stepMs: grid.stepMs };
    await this.#turn();
    const before = learnt?.unpack();
    const { state, findings } = learnFrom(before, history, question, { now, afresh });
    const next = better(entry.state, {
      learnt: new PackedState(state),
      findings,
      ...(found.partial === undefined ? {} : { partial: found.partial }),
    });
    entry.state = weighs ? { ...next, capacity: capacityOf(history) } : next;
    if (next.failure || !next.whole) return;
    entry.learntFor = question;
    if (next.learnt) await entry.keeper.keep(next.learnt);
  }

  /** Looks once for windows further back than the last weeks. Nothing is given back while that goes on. */
  #search(key: string, entry: Entry, endpoint: Endpoint): void {
    const { clock } = this.#options;
    const { learnt, whole, searching } = entry.state;
    if (searching || !whole || !learnt || clock.monotonic() < entry.pastDue) return;
    const wanted = unseen(entry.question.windows, learnt.windows, entry.keeper.searched, clock.now());
    if (wanted.length === 0) return;
    entry.state = { ...entry.state, searching: true };
    void this.#learnPast(key, entry, endpoint, wanted);
  }

  async #learnPast(
    key: string,
    entry: Entry,
    endpoint: Endpoint,
    wanted: readonly { calendar: string; opens: number }[],
  ): Promise<void> {
    const { clock, past, onLearnt } = this.#options;
    const { question } = entry;
    const { query, select, owner } = question;
    const from = Math.min(...wanted.map(({ opens }) => opens)) - WEEKS_MS;
    entry.pastDue = clock.monotonic() + RETRY_PAST_MS;
    try {
      const { samples: load, failure } = await past.load({ endpoint, query, ...(select ? { select } : {}), from });
      const ready = await past.load({ endpoint, query: READY_QUERY, select: labelsOf(owner), from });
      await this.#turn();
      const before = entry.state.learnt;
      const history = { load, ready: ready.samples, stepMs: load.stepMs };
      const { state } = learnFrom(before?.unpack(), history, question, { now: clock.now(), afresh: true });
      const learnt = new PackedState(state);
      if (!failure) entry.keeper.searched = { ...entry.keeper.searched, ...sinceOf(wanted) };
      if (learnt.windows.length > (before?.windows.length ?? 0)) entry.state = { ...entry.state, learnt };
      if (entry.state.learnt) await entry.keeper.keep(entry.state.learnt);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      entry.state = { ...entry.state, failure: { ok: false, reason: "UnexpectedResult", message } };
    }
    const { searching: _searching, ...state } = entry.state;
    entry.state = state;
    this.#note(entry);
    if (this.#entries.get(key) === entry) onLearnt(key);
  }

  /** Ready replicas as our own metrics have them; undefined where Prometheus does not. */
  async #ready(endpoint: Endpoint, { owner }: HistoryQuestion, grid: Grid): Promise<Samples | undefined> {
    const found = selectPoints(await this.#ask(endpoint, READY_QUERY, grid), labelsOf(owner));
    return found.ok ? new Samples(grid).put(found.points) : undefined;
  }

  #ask(endpoint: Endpoint, query: string, grid: Grid): Promise<RangeAnswer> {
    return this.#options.queries.askRange(endpoint, query, { ...grid, maxAgeMs: SHARED_FOR_MS });
  }

  /** Thousands that share an answer have it at the same moment: they learn one by one, and others run in between. */
  #turn(): Promise<void> {
    this.#lane = this.#lane.then(() => nextTurn());
    return this.#lane;
  }

  #note(entry: Entry): void {
    const { unkept: _unkept, ...state } = entry.state;
    const { problem } = entry.keeper;
    entry.state = { ...state, ...(problem ? { unkept: problem } : {}) };
  }
}

/** What was learnt before is of no use as it is: there is none, it is not whole, or windows were others then. */
function isAfresh({ state: { learnt, whole }, question, learntFor }: Entry, now: number): boolean {
  if (!learnt || !whole) return true;
  return learntFor !== undefined && isOtherwise(learntFor, question, { from: now - WEEKS_MS, to: learnt.learntUntil });
}

/**
 * The samples that are asked for: from the day of `since` on. Aligned, so that equal questions are equal for all who
 * ask within a step; and past, since a query such as "... or vector(0)" has an answer for the time to come as well.
 */
function gridOf(now: number, since: number): Grid {
  const end = Math.floor(now / COARSE_MS) * COARSE_MS;
  const start = Math.floor(Math.max(since, now - LONGEST_MS) / DAY_MS) * DAY_MS;
  return { start, end, stepMs: end - start > FEW_DAYS_MS ? COARSE_MS : FINE_MS };
}

function labelsOf({ namespace = "", name }: Owner): Record<string, string> {
  return { namespace, name };
}

/** By calendar, the earliest of its windows that were looked for. */
function sinceOf(wanted: readonly { calendar: string; opens: number }[]): Record<string, number> {
  const groups = Map.groupBy(wanted, ({ calendar }) => calendar);
  return Object.fromEntries(
    [...groups].map(([calendar, windows]) => [calendar, Math.min(...windows.map(({ opens }) => opens))]),
  );
}

function waitAfter({ learnt, failure }: HistoryState, inWindow: boolean): number {
  if (failure || !learnt?.baseline) return RETRY_MS;
  // With little history each further sample tells something, and there is one more with each step.
  if (!learnt.baseline.sufficient) return COARSE_MS;
  return inWindow ? REFRESH_IN_WINDOW_MS : REFRESH_MS;
}
