import { describe, expect, test } from "vitest";
import { ConfigMapShelf, refusal } from "../../test/support/config-map-shelf.ts";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { learntState, seenWindow } from "../../test/support/learnt.ts";
import { historyRead } from "../../test/support/open-history.ts";
import type { Window } from "../calendar/window.ts";
import { Baseline } from "../forecast/baseline.ts";
import { stateText } from "../forecast/state.ts";
import type { RangeAnswer } from "../prometheus/answer.ts";
import type { Grid } from "../prometheus/parse.ts";
import { configMapOf, ForecastStore } from "./forecast-store.ts";
import { History, type HistoryQuestion } from "./history.ts";
import type { HistoryState } from "./history-state.ts";
import { READY_QUERY } from "./learning.ts";
import { PastLoader } from "./past-loader.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEKS = 42 * DAY;
const NOW = Date.parse("2027-01-12T08:07:30Z");
const endpoint = { url: "http://prometheus:9090" };
const owner = { name: "inv", namespace: "billing", uid: "a" };

const question: HistoryQuestion = { owner, query: "rps", windows: [], events: [], zone: "UTC", perReplica: 100 };

/** A window of the 1st to the 15th of each of these months. */
const windowsOf = (...months: string[]): Window[] =>
  months.map((month) => ({
    calendar: "vat",
    name: month,
    opens: Date.parse(`${month}-01T00:00:00Z`),
    deadline: Date.parse(`${month}-16T00:00:00Z`),
    grade: "Published",
  }));

type Answer = (grid: Grid) => RangeAnswer | Promise<RangeAnswer>;

/** Demand as it is at each moment; undefined for none. */
const demand =
  (at: (time: number) => number | undefined, partial?: string, labels: Record<string, string> = {}) =>
  ({ start, end, stepMs }: Grid): RangeAnswer => {
    const length = (end - start) / stepMs + 1;
    const values = Float64Array.from({ length }, (_, step) => at(start + step * stepMs) ?? Number.NaN);
    return { ok: true, start, stepMs, series: [{ labels, values }], ...(partial ? { partial } : {}) };
  };
/** The same demand at all times of the last `ms`. */
const steady = (value: number, ms = Infinity, partial?: string) =>
  demand((at) => (at > NOW - ms ? value : undefined), partial);
const failing = (): RangeAnswer => ({ ok: false, reason: "Unavailable", message: "connection refused" });
const nothing = ({ start, stepMs }: Grid): RangeAnswer => ({ ok: true, start, stepMs, series: [] });

/**
 * A history of one service in front of a Prometheus whose next answers about the last weeks are `script`, the last one
 * for ever; about the past it answers what the world says.
 */
function bench(...script: Answer[]) {
  const clock = new FakeClock(NOW);
  const shelf = new ConfigMapShelf();
  const learnt: string[] = [];
  const world: { ready: Answer; past: Answer } = { ready: nothing, past: script.at(-1)! };
  const asked: Grid[] = [];
  const queries = {
    askRange: async (_endpoint: unknown, query: string, { start, end, stepMs }: Grid) => {
      const grid = { start, end, stepMs };
      if (query === READY_QUERY) return world.ready(grid);
      asked.push(grid);
      return (script.length > 1 ? script.shift()! : script[0]!)(grid);
    },
  };
  const past = new PastLoader({
    range: async (_endpoint, query, grid) => (query === READY_QUERY ? world.ready(grid) : world.past(grid)),
    identityOf: ({ url }) => url,
    now: () => clock.now(),
  });
  const open = (): History =>
    new History({ queries, past, store: new ForecastStore(shelf.client), clock, onLearnt: (key) => learnt.push(key) });
  let history = open();
  const of = (changed: HistoryQuestion = question, refreshedAt?: number): HistoryState =>
    history.of("billing/inv", endpoint, changed, refreshedAt);
  /** What is known after so much time, with a look before and after it. */
  const look = async (
    afterMs = 0,
    changed: HistoryQuestion = question,
    refreshedAt?: number,
  ): Promise<HistoryState> => {
    await clock.advance(afterMs);
    of(changed, refreshedAt);
    await historyRead();
    return of(changed, refreshedAt);
  };
  /** Another process takes over. */
  const restart = (): void => void (history = open());
  return { clock, shelf, world, asked, learnt, of, look, restart, history: () => history };
}

const levelOf = ({ learnt }: HistoryState, at = NOW): number | undefined =>
  learnt?.baseline && new Baseline(learnt.baseline).at(at);

describe("the history of a service", () => {
  test("is unknown at first, is read in the background, and its service is woken", async () => {
    const { of, look, learnt } = bench(steady(500));
    expect(of()).toEqual({ known: false, whole: false });
    const state = await look();
    expect(state).toMatchObject({ known: true, whole: true });
    expect(levelOf(state)).toBe(500);
    expect(learnt).toEqual(["billing/inv"]);
  });

  test("is six weeks of quarters of an hour at first, and then what is new, of every five minutes", async () => {
    const { asked, look } = bench(steady(500));
    await look();
    await look(6 * HOUR);
    const end = Date.parse("2027-01-12T08:00:00Z");
    expect(asked).toEqual([
      { start: Date.parse("2026-12-01T00:00:00Z"), end, stepMs: 15 * MINUTE },
      { start: Date.parse("2027-01-12T00:00:00Z"), end: end + 6 * HOUR, stepMs: 5 * MINUTE },
    ]);
  });

  test.each<[string, Answer, number, HistoryQuestion]>([
    ["six hours later when there is enough", steady(500), 6 * HOUR, question],
    ["an hour later while a window is open", steady(500), HOUR, { ...question, windows: windowsOf("2027-01") }],
    ["with the next sample while there is little", steady(500, 5 * HOUR), 15 * MINUTE, question],
    ["after a minute when it could not be read", failing, MINUTE, question],
    ["after a minute when there is nothing", nothing, MINUTE, question],
  ])("is read again %s", async (_, answer, waitMs, asking) => {
    const { asked, look } = bench(answer);
    await look(0, asking);
    await look(waitMs - 1, asking);
    expect(asked).toHaveLength(1);
    await look(1, asking);
    expect(asked).toHaveLength(2);
  });

  test("is read once at a time, however long that takes", async () => {
    const never = new Promise<RangeAnswer>(() => {});
    const { asked, look } = bench(() => never);
    await look();
    await look(DAY);
    expect(asked).toHaveLength(1);
  });

  test("is learnt in pieces as it would be at once", async () => {
    const weekly = demand((at) => 100 + (Math.floor(at / HOUR) % 168));
    const pieces = bench(weekly);
    for (let step = 0; step < 9; step += 1) await pieces.look(step === 0 ? 0 : 6 * HOUR);
    const once = bench(weekly);
    await once.clock.advance(2 * DAY);
    const [gradual, whole] = [await pieces.look(), await once.look()];
    expect(gradual.learnt?.learntUntil).toBe(whole.learnt?.learntUntil);
    expect(gradual.learnt?.baseline?.levels).toEqual(whole.learnt?.baseline?.levels);
  });
});

describe("what was learnt", () => {
  const kept = async (second: Answer) => {
    const { look } = bench(steady(500), second);
    await look();
    const state = await look(6 * HOUR);
    return { ...state, level: levelOf(state) };
  };

  test.each<[string, Answer, string]>([
    ["cannot be read", failing, "Unavailable"],
    ["comes without a part of the stores", steady(100, WEEKS, "store-2 is away"), "PartialData"],
    ["is lost", nothing, "NoData"],
  ])("stays, and stays whole, when the history %s", async (_, answer, reason) => {
    expect(await kept(answer)).toMatchObject({ level: 500, whole: true, known: true, failure: { reason } });
  });

  test("from a part of the data is better than none, says that it is not whole, and is not kept", async () => {
    const { look, shelf } = bench(steady(100, WEEKS, "store-2 is away"), failing, steady(500));
    const first = await look();
    expect(first).toMatchObject({ whole: false, failure: { reason: "PartialData" } });
    expect(levelOf(first)).toBe(100);
    expect((await look(MINUTE)).whole).toBe(false);
    expect(shelf.writes).toEqual([]);
    const whole = await look(MINUTE);
    expect([levelOf(whole), whole.whole, whole.failure]).toEqual([500, true, undefined]);
    expect(shelf.writes).toEqual(["create inv-forecast"]);
  });

  test("is there while nobody can say where to ask", async () => {
    const { history, look } = bench(steady(500));
    const state = await look();
    expect(history().last("billing/inv")).toBe(state);
  });
});

/** Twice the usual load while a window is open, as far back as there is any. */
const filing = (windows: readonly Window[], ms = Infinity) =>
  demand((at) => {
    if (at < NOW - ms) return undefined;
    return windows.some(({ opens, deadline }) => at >= opens && at < deadline) ? 1_000 : 500;
  });

const periodsOf = ({ learnt }: HistoryState): string[] =>
  (learnt?.windows ?? []).filter(({ over }) => over).map(({ period }) => period);

const hoursSeen = ({ learnt }: HistoryState): number =>
  learnt
    ?.unpack()
    .windows.find(({ period }) => period === "2027-01")
    ?.load.filter((load) => load !== null).length ?? 0;

describe("windows", () => {
  const past = windowsOf("2026-09", "2026-10", "2026-11", "2026-12");
  const asking = { ...question, windows: [...past, ...windowsOf("2027-01", "2027-02")] };

  test("of as far back as there are samples are learnt in the background, with nothing given back meanwhile", async () => {
    const { of, look, learnt } = bench(filing(asking.windows));
    of(asking);
    while (learnt.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(of(asking)).toMatchObject({ whole: true, searching: true });
    const state = await look(0, asking);
    expect(state.searching).toBeUndefined();
    expect(periodsOf(state)).toEqual(past.map(({ name }) => name));
    expect(levelOf(state, NOW - 20 * DAY)).toBe(500);
  });

  test("that Prometheus has forgotten come from the ConfigMap", async () => {
    const { look, restart, world } = bench(filing(asking.windows), nothing);
    world.past = filing(asking.windows);
    expect(periodsOf(await look(0, asking))).toHaveLength(4);
    restart();
    world.past = nothing;
    const state = await look(MINUTE, asking);
    expect(state).toMatchObject({ whole: true, known: true, failure: { reason: "NoData" } });
    expect(periodsOf(state)).toHaveLength(4);
    expect(levelOf(state)).toBe(500);
  });

  test("are not looked for again by the next process, also where nothing was found", async () => {
    const { look, restart, world } = bench(filing(asking.windows, 50 * DAY));
    expect(periodsOf(await look(0, asking))).toEqual(["2026-12"]);
    restart();
    let asked = 0;
    world.past = () => ((asked += 1), failing());
    expect(periodsOf(await look(MINUTE, asking))).toEqual(["2026-12"]);
    expect(asked).toBe(0);
  });

  test("are looked for again an hour after the server failed on the way", async () => {
    const { look, world } = bench(filing(asking.windows));
    let count = 0;
    world.past = (grid) => ((count += 1) > 3 ? failing() : filing(asking.windows)(grid));
    expect(periodsOf(await look(0, asking)).length).toBeLessThan(4);
    world.past = filing(asking.windows);
    expect(periodsOf(await look(HOUR - 1, asking)).length).toBeLessThan(4);
    expect(periodsOf(await look(MINUTE, asking))).toHaveLength(4);
  });

  test("in force are learnt hour by hour, also after a restart", async () => {
    const { look, restart } = bench(filing(asking.windows));
    const soFar = hoursSeen(await look(0, asking));
    expect(soFar).toBe((NOW - Date.parse("2027-01-01T00:00:00Z") - (NOW % HOUR)) / HOUR);
    expect(hoursSeen(await look(HOUR, asking))).toBe(soFar + 1);
    restart();
    expect(hoursSeen(await look(HOUR, asking))).toBe(soFar + 2);
  });

  test("in which more came than the ready replicas serve are lower bounds", async () => {
    const { look, world } = bench(filing(asking.windows));
    world.ready = demand(() => 9, undefined, { namespace: "billing", name: "inv" });
    const { learnt } = await look(0, asking);
    const over = learnt?.unpack().windows.filter(({ deadline }) => deadline < NOW) ?? [];
    expect(over.map(({ censored }) => censored)).toEqual(past.map(() => true));
  });
});

describe("the ConfigMap", () => {
  const imported = learntState({ learntUntil: NOW - DAY, level: 900, windows: [seenWindow()] });

  test("is there before Prometheus has answered", async () => {
    const { look, shelf } = bench(() => new Promise(() => {}));
    shelf.put(configMapOf(owner, stateText(imported)));
    const state = await look();
    expect(levelOf(state)).toBe(900);
    expect(state.known).toBe(false);
  });

  test("that is not ours is told, and the service is learnt all the same", async () => {
    const { look, shelf } = bench(steady(500));
    shelf.put({ metadata: { name: "inv-forecast", namespace: "billing" }, data: { mine: "yes" } });
    const state = await look();
    expect(state).toMatchObject({ whole: true, unkept: { reason: "StateUnusable" } });
    expect(levelOf(state)).toBe(500);
    expect(shelf.writes).toEqual([]);
  });

  test("is read again when somebody has asked for another try", async () => {
    const { look, shelf } = bench(steady(500));
    await look();
    shelf.put(configMapOf(owner, stateText(imported)));
    expect((await look(MINUTE)).learnt?.windows).toHaveLength(0);
    expect((await look(MINUTE, question, 1)).learnt?.windows).toHaveLength(1);
  });

  test("that the API server does not give now is asked for again, and nothing is given back until then", async () => {
    const { look, shelf } = bench(steady(500));
    shelf.put(configMapOf(owner, stateText(imported)));
    shelf.refusal = refusal(503, "ServiceUnavailable");
    const { whole, failure } = await look();
    expect([whole, failure?.message]).toEqual([false, "configmaps: ServiceUnavailable"]);
    shelf.refusal = undefined;
    expect((await look(MINUTE)).learnt?.windows).toHaveLength(1);
  });
});

describe("another question", () => {
  test.each<[string, HistoryQuestion, string]>([
    ["query", { ...question, query: "other" }, endpoint.url],
    ["selection", { ...question, select: { service: "vat-api" } }, endpoint.url],
    ["server", question, "http://thanos:9090"],
  ])("(%s) begins anew", async (_, changed, url) => {
    const { history, look } = bench(steady(500));
    await look();
    expect(history().of("billing/inv", { url }, changed)).toEqual({ known: false, whole: false });
  });

  test("other credentials for the same server are no other question", async () => {
    const { asked, history, look } = bench(steady(500));
    await look();
    history().of("billing/inv", { ...endpoint, headers: { authorization: "Bearer rotated" } }, question);
    expect(asked).toHaveLength(1);
  });

  test("other windows, or another zone, are learnt from at once while what was learnt stands", async () => {
    const { asked, of, look } = bench(steady(500), steady(700), steady(900));
    await look();
    const windows = windowsOf("2027-01");
    expect(levelOf(of({ ...question, windows }))).toBe(500);
    expect(levelOf(await look(0, { ...question, windows }))).toBe(700);
    await look(0, { ...question, windows: [...windows] });
    expect(asked).toHaveLength(2);
    const elsewhere = await look(0, { ...question, windows, zone: "Asia/Kolkata" });
    expect(elsewhere.learnt?.baseline?.zone).toBe("Asia/Kolkata");
  });

  test("windows that come into sight are no other question", async () => {
    const { asked, look } = bench(steady(500));
    await look();
    await look(0, { ...question, windows: windowsOf("2027-02", "2027-03") });
    expect(asked).toHaveLength(1);
  });

  test("that is asked while the answer to the last is on its way gets its own", async () => {
    const first = Promise.withResolvers<RangeAnswer>();
    const { of, look, learnt } = bench(() => first.promise, steady(700));
    of();
    const other = { ...question, query: "other" };
    await look(0, other);
    first.resolve(failing());
    expect(levelOf(await look(0, other))).toBe(700);
    expect(learnt).toEqual(["billing/inv"]);
  });
});

test("A service that is gone is forgotten, and not woken by what comes late", async () => {
  const late = Promise.withResolvers<RangeAnswer>();
  const { history, look, learnt } = bench(() => late.promise);
  await look();
  history().forget("billing/inv");
  late.resolve(failing());
  await historyRead();
  expect(learnt).toEqual([]);
  expect(history().last("billing/inv")).toEqual({ known: false, whole: false });
});

test("Data that nobody thought of is a failure with its words, and ends nothing", async () => {
  const { look } = bench(steady(500));
  const state = await look(0, { ...question, zone: "Europe/Berlim" });
  expect(state).toMatchObject({ known: true, whole: false, failure: { reason: "UnexpectedResult" } });
});
