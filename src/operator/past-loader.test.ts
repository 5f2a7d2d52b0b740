import { describe, expect, test } from "vitest";
import type { RangeAnswer } from "../prometheus/answer.ts";
import type { Grid } from "../prometheus/parse.ts";
import { PastLoader } from "./past-loader.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse("2027-01-12T08:07:30Z");
const END = Date.parse("2027-01-12T08:00:00Z");
const endpoint = { url: "http://prometheus:9090" };

/** The hour of each step as its value, in so many series. */
const hours =
  (series = 1, from = -Infinity) =>
  ({ start, end, stepMs }: Grid): RangeAnswer => {
    const values = Float64Array.from({ length: (end - start) / stepMs + 1 }, (_, step) => {
      const at = start + step * stepMs;
      return at < from ? Number.NaN : Math.floor(at / HOUR);
    });
    return {
      ok: true,
      start,
      stepMs,
      series: Array.from({ length: series }, (_, index) => ({ labels: { service: `s${index}` }, values })),
    };
  };

function bench(answer: (grid: Grid, count: number) => RangeAnswer | Promise<RangeAnswer>) {
  const asked: Grid[] = [];
  let atOnce = 0;
  let most = 0;
  const range = async (_endpoint: unknown, _query: string, grid: Grid): Promise<RangeAnswer> => {
    asked.push(grid);
    most = Math.max(most, (atOnce += 1));
    await Promise.resolve();
    atOnce -= 1;
    return answer(grid, asked.length);
  };
  const loader = new PastLoader({ range, identityOf: ({ url }) => url, now: () => NOW });
  const load = (days: number, select?: Record<string, string>, query = "rps") =>
    loader.load({ endpoint, query, ...(select ? { select } : {}), from: NOW - days * DAY });
  return { asked, load, most: () => most };
}

describe("the past of a service", () => {
  test("is every five minutes from then to now, and nothing to come", async () => {
    const { load } = bench(hours());
    const { samples, failure } = await load(60);
    const all = [...samples];
    expect(failure).toBeUndefined();
    expect(all.at(-1)).toEqual([END, END / HOUR]);
    expect(all[0]![0]).toBeLessThanOrEqual(NOW - 60 * DAY);
    expect(all).toHaveLength((END - samples.start) / (5 * 60_000) + 1);
    expect(all.every(([at, value]) => value === Math.floor(at / HOUR))).toBe(true);
  });

  test("is asked for newest first, in weeks, without a seam and without an overlap", async () => {
    const { asked, load } = bench(hours());
    await load(60);
    const [, ...chunks] = asked;
    expect(chunks[0]!.end).toBe(END);
    for (const { start, end, stepMs } of chunks) expect((end - start) / stepMs).toBeLessThan(11_000);
    const seams = chunks.slice(1).map(({ end, stepMs }, index) => chunks[index]!.start - (end + stepMs));
    expect(seams).toEqual(seams.map(() => 0));
  });

  test("of many series is taken every fifteen minutes, in answers that are no larger than of one", async () => {
    const { asked, load } = bench(hours(1_000));
    const { samples } = await load(14, { service: "s7" });
    expect(samples.stepMs).toBe(15 * 60_000);
    expect([...samples]).toHaveLength((END - samples.start) / samples.stepMs + 1);
    for (const { start, end, stepMs } of asked.slice(1))
      expect(((end - start) / stepMs + 1) * 1_000).toBeLessThan(160_000);
  });

  test("is what there is of it", async () => {
    const { load } = bench(hours(1, END - 3 * DAY));
    expect([...(await load(30)).samples]).toHaveLength((3 * DAY) / (5 * 60_000) + 1);
  });

  test("is as much of it as came before the server failed, with the reason", async () => {
    const { load } = bench((grid, count) =>
      count < 4 ? hours()(grid) : { ok: false, reason: "Timeout", message: "no answer within 5 s" },
    );
    const { samples, failure } = await load(60);
    expect(failure).toMatchObject({ reason: "Timeout" });
    const all = [...samples];
    expect(all.at(-1)![0]).toBe(END);
    expect(all.length).toBe(2 * 2_016);
  });

  test("leaves out what came without a part of the stores", async () => {
    const { load } = bench((grid, count) => ({
      ...hours()(grid),
      ...(count === 2 ? { partial: "store-2 is away" } : {}),
    }));
    const all = [...(await load(30)).samples];
    expect(all.at(-1)![0]).toBe(END - 2_016 * 5 * 60_000);
  });

  test("ends in words when the client throws", async () => {
    const { load } = bench(() => Promise.reject(new Error("closed")));
    expect(await load(30)).toMatchObject({ failure: { reason: "Unavailable", message: "closed" } });
  });
});

describe("a Prometheus", () => {
  test("is asked one thing at a time, whoever asks", async () => {
    const { load, most } = bench(hours());
    await Promise.all(Array.from({ length: 5 }, (_, index) => load(30, undefined, `query ${index}`)));
    expect(most()).toBe(1);
  });

  test("is asked once for those who ask the same", async () => {
    const { asked, load } = bench(hours(3));
    const alone = bench(hours(3));
    await alone.load(30, { service: "s0" });
    const answers = await Promise.all(["s0", "s1", "s2"].map((service) => load(30, { service })));
    expect(asked).toHaveLength(alone.asked.length);
    expect(answers.map(({ samples }) => [...samples].length)).toEqual(answers.map(() => (30 * DAY) / 300_000));
  });
});
