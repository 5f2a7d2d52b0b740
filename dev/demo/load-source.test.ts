import { expect, it } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { LoadSource } from "./load-source.ts";

const series = { namespace: "billing", service: "vat-api" };
/** The median of the normal distribution: no deviation from the mean. */
const noDeviation = (): number => 0.25;

it("a scrape finds the requests that were offered so far, and the rate behind them", async () => {
  const clock = new FakeClock();
  const begin = clock.now();
  const rate = (at: number): number => (at < begin + 10_000 ? 100 : 300);
  await using load = await LoadSource.start({ rate, series, clock, random: noDeviation });
  await clock.advance(20_000);
  const text = await (await fetch(`http://${load.address}/metrics`)).text();
  expect(text).toContain('http_requests_total{namespace="billing",service="vat-api"} 4000\n');
  expect(text).toContain('http_requests_offered{namespace="billing",service="vat-api"} 300\n');
  expect(load.offered).toHaveLength(20);
  expect(load.offered[0]).toEqual({ at: begin + 1_000, requests: 100, seconds: 1 });
  expect(load.recent(5_000)).toBe(300);
  expect(load.recent(15_000)).toBeCloseTo(700 / 3);
});

it("how many come in a second varies as independent requests do", async () => {
  const clock = new FakeClock();
  await using load = await LoadSource.start({ rate: () => 2_500, series, clock });
  await clock.advance(2_000_000);
  const counts = load.offered.map(({ requests }) => requests);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  expect(Math.abs(mean - 2_500)).toBeLessThan(10);
  expect(variance / 2_500).toBeGreaterThan(0.8);
  expect(variance / 2_500).toBeLessThan(1.25);
});

it("nothing goes on after its end", async () => {
  const clock = new FakeClock();
  {
    await using load = await LoadSource.start({ rate: () => 1, series, clock });
    expect(load.recent(1_000)).toBe(0);
  }
  expect(clock.pending).toBe(0);
});
