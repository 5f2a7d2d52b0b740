import { describe, expect, test } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import type { RangeAnswer } from "../prometheus/answer.ts";
import type { SharedQueries } from "../prometheus/shared-queries.ts";
import { History, type HistoryQuestion } from "./history.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEKS = 42 * DAY;

interface Grid {
  start: number;
  end: number;
  stepMs: number;
}

const question: HistoryQuestion = {
  endpoint: { url: "http://prometheus:9090" },
  query: "rps",
  exclude: [],
  zone: "UTC",
};

/** The same demand at all times of the last `ms`. */
const steady =
  (demand: number, ms = WEEKS, partial?: string) =>
  ({ start, end, stepMs }: Grid): RangeAnswer => {
    const values = new Float64Array((end - start) / stepMs + 1).fill(Number.NaN);
    values.fill(demand, Math.max(0, values.length - ms / stepMs));
    return { ok: true, start, stepMs, series: [{ labels: {}, values }], ...(partial ? { partial } : {}) };
  };
const failing = (): RangeAnswer => ({ ok: false, reason: "Unavailable", message: "connection refused" });

/** A history of one service in front of a Prometheus whose next answers are `script`, the last one for ever. */
function bench(...script: ((grid: Grid) => RangeAnswer | Promise<RangeAnswer>)[]) {
  const clock = new FakeClock("2027-01-12T08:07:30Z");
  const asked: Grid[] = [];
  const learnt: string[] = [];
  const queries = {
    askRange: async (_endpoint: unknown, _query: string, grid: Grid) => {
      asked.push(grid);
      const answer = script.length > 1 ? script.shift() : script[0];
      return answer?.(grid);
    },
  } as unknown as SharedQueries;
  const history = new History({ queries, clock, onLearnt: (key) => learnt.push(key) });
  /** What is known after so much time, with a look before and after it. */
  const look = async (afterMs = 0, changes: Partial<HistoryQuestion> = {}) => {
    await clock.advance(afterMs);
    history.of("billing/inv", { ...question, ...changes });
    await clock.advance(0);
    return history.of("billing/inv", { ...question, ...changes });
  };
  return { clock, history, asked, learnt, look };
}

describe("the history of a service", () => {
  test("is unknown at first, is read in the background, and its service is woken", async () => {
    const { clock, history, learnt } = bench(steady(500));
    expect(history.of("billing/inv", question)).toEqual({ known: false, whole: false });
    await clock.advance(0);
    const state = history.of("billing/inv", question);
    expect(state).toMatchObject({ known: true, whole: true });
    expect(state.baseline?.at(clock.now())).toBe(500);
    expect(learnt).toEqual(["billing/inv"]);
  });

  test("is asked for six weeks of quarters of an hour, none of them to come", async () => {
    const { asked, look } = bench(steady(500));
    await look();
    const end = Date.parse("2027-01-12T08:00:00Z");
    expect(asked).toEqual([{ start: end - WEEKS, end, stepMs: 15 * MINUTE, maxAgeMs: MINUTE }]);
  });

  test.each<[string, ReturnType<typeof steady>, number]>([
    ["six hours later when there is enough", steady(500), 6 * HOUR],
    ["with the next sample while there is little", steady(500, 5 * HOUR), 15 * MINUTE],
    ["after a minute when it could not be read", failing, MINUTE],
    ["after a minute when there is nothing", steady(500, 0), MINUTE],
  ])("is read again %s", async (_, answer, waitMs) => {
    const { asked, look } = bench(answer);
    await look();
    await look(waitMs - 1);
    expect(asked).toHaveLength(1);
    await look(1);
    expect(asked).toHaveLength(2);
  });

  test("is read once at a time, however long that takes", async () => {
    const never = new Promise<RangeAnswer>(() => {});
    const { asked, look } = bench(() => never);
    await look();
    await look(DAY);
    expect(asked).toHaveLength(1);
  });
});

describe("a baseline", () => {
  const kept = async (second: ReturnType<typeof steady>) => {
    const { look, clock } = bench(steady(500), second);
    await look();
    const state = await look(6 * HOUR);
    return { ...state, level: state.baseline?.at(clock.now()) };
  };

  test("gives way to a newer one", async () => {
    expect(await kept(steady(700))).toMatchObject({ level: 700, whole: true });
  });

  test.each<[string, ReturnType<typeof steady>, string]>([
    ["cannot be read", failing, "Unavailable"],
    ["comes without a part of the stores", steady(100, WEEKS, "store-2 is away"), "PartialData"],
    ["is lost but for some hours", steady(100, 3 * HOUR), "NoData"],
  ])("stays, and stays whole, when the history %s", async (_, answer, reason) => {
    expect(await kept(answer)).toMatchObject({ level: 500, whole: true, known: true, failure: { reason } });
  });

  test("stays when nothing usual is left to learn from", async () => {
    const { failure, ...state } = await kept(steady(100, 0));
    expect(state).toMatchObject({ level: 500, whole: true });
    expect(failure).toBeUndefined();
  });

  test("from a part of the data is better than none, and says that it is not whole", async () => {
    const partial = steady(100, WEEKS, "store-2 is away");
    const { look, clock } = bench(partial, failing, steady(100, WEEKS, "store-2 is away"), steady(500));
    const first = await look();
    expect(first).toMatchObject({ whole: false, failure: { reason: "PartialData" } });
    expect(first.baseline?.at(clock.now())).toBe(100);
    expect((await look(MINUTE)).whole).toBe(false);
    expect((await look(MINUTE)).whole).toBe(false);
    const whole = await look(MINUTE);
    expect([whole.baseline?.at(clock.now()), whole.whole, whole.failure]).toEqual([500, true, undefined]);
  });

  test("of little history grows with it", async () => {
    const { look } = bench(steady(500, 3 * HOUR), steady(500, 4 * HOUR));
    const first = await look();
    const second = await look(15 * MINUTE);
    expect([first.baseline?.profile.hours, second.baseline?.profile.hours]).toEqual([4, 5]);
    expect(second.failure).toBeUndefined();
  });
});

describe("another question", () => {
  test.each<[string, Partial<HistoryQuestion>]>([
    ["query", { query: "other" }],
    ["selection", { select: { service: "vat-api" } }],
    ["server", { endpoint: { url: "http://thanos:9090" } }],
  ])("(%s) begins anew", async (_, changes) => {
    const { history, look } = bench(steady(500));
    await look();
    expect(history.of("billing/inv", { ...question, ...changes })).toEqual({ known: false, whole: false });
  });

  test("other credentials for the same server are no other question", async () => {
    const { asked, look } = bench(steady(500));
    await look();
    await look(0, { endpoint: { url: question.endpoint.url, headers: { authorization: "Bearer rotated" } } });
    expect(asked).toHaveLength(1);
  });

  test("other windows, or another zone, are learnt from at once while the old baseline stands", async () => {
    const now = Date.parse("2027-01-12T08:07:30Z");
    const exclude = [{ from: now - 20 * DAY, to: now }];
    const { asked, history, look, clock } = bench(steady(500), steady(700), steady(900));
    await look();
    expect(history.of("billing/inv", { ...question, exclude }).baseline?.at(clock.now())).toBe(500);
    await clock.advance(0);
    expect((await look(0, { exclude })).baseline?.at(clock.now())).toBe(700);
    expect((await look(0, { exclude: [...exclude] })).baseline?.profile).toMatchObject({ zone: "UTC" });
    expect(asked).toHaveLength(2);
    expect((await look(0, { exclude, zone: "Asia/Kolkata" })).baseline?.profile.zone).toBe("Asia/Kolkata");
  });

  test("that is asked while the answer to the last is on its way gets its own", async () => {
    const first = Promise.withResolvers<RangeAnswer>();
    const { clock, history, learnt } = bench(() => first.promise, steady(700));
    history.of("billing/inv", question);
    history.of("billing/inv", { ...question, query: "other" });
    await clock.advance(0);
    first.resolve(failing());
    await clock.advance(0);
    const state = history.of("billing/inv", { ...question, query: "other" });
    expect(state.baseline?.at(clock.now())).toBe(700);
    expect(learnt).toEqual(["billing/inv"]);
  });
});

test("A service that is gone is forgotten, and not woken by what comes late", async () => {
  const late = Promise.withResolvers<RangeAnswer>();
  const { clock, history, learnt } = bench(() => late.promise);
  history.of("billing/inv", question);
  history.forget("billing/inv");
  late.resolve(failing());
  await clock.advance(0);
  expect(learnt).toEqual([]);
  expect(history.last("billing/inv")).toEqual({ known: false, whole: false });
});

test("What was learnt is there while nobody can say where to ask", async () => {
  const { history, look } = bench(steady(500));
  const state = await look();
  expect(history.last("billing/inv")).toBe(state);
});

test("Data that nobody thought of is a failure with its words, and ends nothing", async () => {
  const { look } = bench(steady(500));
  const state = await look(0, { zone: "Europe/Berlim" });
  expect(state).toMatchObject({ known: true, whole: false, failure: { reason: "UnexpectedResult" } });
});

test("Services that share an answer learn one at a time, with room for others in between", async () => {
  const { clock, history, learnt } = bench(steady(500));
  const order: string[] = [];
  const keys = ["a", "b", "c"];
  for (const key of keys) history.of(key, question);
  for (let turn = 0; learnt.length < keys.length; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`${learnt.length} learnt`);
  }
  expect(learnt).toEqual(keys);
  expect(order).toEqual(expect.arrayContaining(["1 learnt", "2 learnt", "3 learnt"]));
  await clock.advance(0);
});
