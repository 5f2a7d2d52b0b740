import { describe, expect, test } from "vitest";
import type { OperatorHarness } from "../../support/operator-harness.ts";
import { settledBilling } from "../../support/settled-billing.ts";

const stabilized = (replicas: number, answer: number, up: string, down: string): Promise<OperatorHarness> =>
  settledBilling({ replicas, answer, service: { scaling: { stabilization: { up, down } } } });

/** One evaluation for each demand, with the count after each. */
async function follow(operator: OperatorHarness, demands: readonly number[]): Promise<number[]> {
  const counts: number[] = [];
  for (const demand of demands) {
    operator.prometheus.answer(demand);
    await operator.evaluate();
    counts.push(operator.replicas);
  }
  return counts;
}

const times = (count: number, demand: number): number[] => Array.from({ length: count }, () => demand);

describe("B29: old recommendations limit a change and are never a target", () => {
  test("21 nine minutes ago and 14 now: 17 stays, and goes down as the old values leave the window", async () => {
    const operator = await stabilized(17, 1700, "300s", "600s");
    const falling = [2100, 2000, 1900, 1800, ...times(14, 1400)];
    expect(new Set(await follow(operator, falling))).toEqual(new Set([17]));

    // The last number above 14 is the 18 of the fourth evaluation; the down window has room for twenty.
    const after = await follow(operator, times(8, 1400));
    expect(after).toEqual([...times(5, 17), ...times(3, 14)]);
    expect(Math.max(...operator.view.counts("inv-api").map(({ replicas }) => replicas))).toBe(17);
  });

  test("2 replicas, minute 1 asks for 3 and minute 2 for 1: 2 in both", async () => {
    const operator = await stabilized(2, 200, "300s", "600s");
    expect(await follow(operator, [300, 300, 100, 100])).toEqual([2, 2, 2, 2]);
  });

  test("an increase comes when it has been asked for throughout the up window, and goes no higher than its lowest", async () => {
    const operator = await stabilized(4, 400, "300s", "600s");
    const asked = [900, 1200, 700, 1500, 800, 900, 1600, 1200, 900, 800];
    const counts = await follow(operator, asked);
    expect(new Set(counts.slice(0, 9))).toEqual(new Set([4]));
    expect(counts[9]).toBe(7);
  });

  test("a decrease stops at the highest of the down window", async () => {
    const operator = await stabilized(15, 1500, "0s", "300s");
    const counts = await follow(operator, [500, 700, 500, ...times(12, 400)]);
    expect(counts.slice(0, 9)).toEqual(times(9, 15));
    expect(counts.slice(9)).toEqual([7, 7, 5, 4, 4, 4].slice(0, counts.length - 9));
  });

  test("a spike of one evaluation raises at once without an up window, and is held for the down window", async () => {
    const operator = await stabilized(4, 400, "0s", "300s");
    const counts = await follow(operator, [1800, ...times(11, 400)]);
    expect(counts).toEqual([...times(10, 18), 4, 4]);
  });

  test("a restart begins both windows anew with what runs", async () => {
    const operator = await stabilized(10, 1000, "300s", "600s");
    await follow(operator, times(9, 1500));
    await operator.restart();
    expect(operator.replicas).toBe(10);
    expect(new Set(await follow(operator, times(8, 400)))).toEqual(new Set([10]));
  });

  test("demand that swings about one number moves nothing", async () => {
    const operator = await stabilized(10, 1000, "0s", "0s");
    expect(new Set(await follow(operator, [1090, 910, 1099, 901, 1050, 950]))).toEqual(new Set([10]));
  });
});
