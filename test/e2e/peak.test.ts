import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RealNode } from "../../dev/cluster/node/node.ts";
import { dashboardQueries } from "../support/dashboards.ts";
import { startNode } from "./support/node.ts";
import type { Outcome, PeakGround } from "./support/peak/ground.ts";
import { countsOf, report } from "./support/peak/report.ts";
import { prepareForPeak } from "./support/peak/stage.ts";
import type { Timeline } from "./support/peak/timeline.ts";

describe("a filing peak, with the operator in its image and installed by its chart", () => {
  let node: RealNode;
  let ground: PeakGround;
  let timeline: Timeline;
  let outcome: Outcome;

  beforeAll(async () => {
    node = await startNode();
    // A lead of its own: the measured one is longer on a busy machine, and calm would be over before the load begins.
    ({ ground, timeline } = await prepareForPeak(node, { lead: "90s" }));
    outcome = await ground.play(timeline);
    console.log(report(outcome, timeline));
  }, 600_000);
  afterAll(async () => {
    await ground?.[Symbol.asyncDispose]();
    await node?.stop();
  });

  test("as many replicas as it needs are ready before it", () => {
    expect(outcome.summary.needed).toBeGreaterThan(4);
    expect(outcome.summary.operator.readySince).toBeLessThan(outcome.summary.peak.at);
    expect(outcome.summary.operator.readyAtPeak).toBeGreaterThanOrEqual(outcome.summary.needed);
  });

  test("no request fails, and no second is short of capacity", () => {
    expect(outcome.served.errors).toEqual({});
    expect(outcome.summary.operator.secondsShort).toBe(0);
    expect(outcome.served.requests).toBeGreaterThan(6_500);
  });

  test("at most one request in 20 waits for longer than its objective; with the autoscaler alone one in three does", () => {
    expect(outcome.served.slow / outcome.served.requests).toBeLessThan(0.05);
  });

  test("in calm times there are no more replicas than it takes", () => {
    const calm = countsOf(outcome.replicas, timeline.start, timeline.start + 20_000);
    expect(Math.max(...calm.map(({ replicas }) => replicas))).toBeLessThan(outcome.summary.needed);
  });

  test("every query of the dashboards has an answer, or a panel that says what none means", async () => {
    const queries = dashboardQueries();
    expect(queries).not.toEqual([]);
    const unanswered: string[] = [];
    for (const { dashboard, panel, query, mayBeEmpty } of queries) {
      // Throws when Prometheus does not understand it.
      const values = await ground.ask(query);
      // Of nothing a quantile is NaN, and a panel of that is as empty.
      if (!mayBeEmpty && values.every(Number.isNaN)) unanswered.push(`${dashboard}, ${panel}: ${query}`);
    }
    expect(unanswered).toEqual([]);
  });
});
