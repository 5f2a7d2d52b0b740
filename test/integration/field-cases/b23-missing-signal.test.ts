import { describe, expect, test } from "vitest";
import { RPS } from "../../support/billing.ts";
import type { OperatorHarness } from "../../support/operator-harness.ts";
import { success, vector, type StubAnswer } from "../../support/prometheus-stub.ts";
import { settledBilling } from "../../support/settled-billing.ts";

const QUEUE = "sum(invoice_queue_length)";

/** What each signal asks for, in replicas, or how it cannot be read. */
type Answers = Record<"demand" | "queue", StubAnswer>;

async function twoSignals(replicas: number, answers: Answers, fallback = {}): Promise<OperatorHarness> {
  return settledBilling({
    replicas,
    answer: ({ query }) => answers[query === RPS ? "demand" : "queue"],
    service: {
      demand: { signals: [{ name: "queue", query: QUEUE, perReplica: 50 }] },
      scaling: { fallback },
    },
  });
}

const away: StubAnswer = { status: 503, body: "away" };

describe("B23: one of two signals is missing", () => {
  test("3 stays 3 while the other asks for 1, and is 5 when it asks for 5", async () => {
    const answers: Answers = { demand: 100, queue: away };
    const operator = await twoSignals(3, answers);
    await operator.advance("10m");
    expect(operator.replicas).toBe(3);
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "False", reason: "Unavailable" });
    expect(operator.condition("MetricsAvailable")?.message).toMatch(/^queue: /);

    answers.demand = 500;
    await operator.evaluate();
    expect(operator.replicas).toBe(5);
    await operator.advance("10m");
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([3, 5]);
  });

  test.each<[string, keyof Answers, StubAnswer, string]>([
    ["the further one gives no series", "queue", [], "NoData"],
    ["the further one is NaN", "queue", "NaN", "InvalidSample"],
    [
      "the further one is partial",
      "queue",
      { body: success(vector([{ value: 1 }], 0), { warnings: ["store away"] }) },
      "PartialData",
    ],
    ["the further one hangs", "queue", { fail: "headers" }, "Timeout"],
    ["the main one gives no series", "demand", [], "NoData"],
    [
      "the main one is refused",
      "demand",
      { status: 422, body: { status: "error", errorType: "bad_data", error: "parse error" } },
      "QueryError",
    ],
    ["the main one hangs", "demand", { fail: "headers" }, "Timeout"],
  ])("%s: it is named, nothing goes down, and the other may raise", async (_, missing, answer, reason) => {
    const other = missing === "demand" ? "queue" : "demand";
    const each = { demand: 100, queue: 50 };
    const answers: Answers = { demand: each.demand, queue: each.queue, [missing]: answer };
    const operator = await twoSignals(3, answers);
    await operator.evaluate(12);
    expect(operator.replicas).toBe(3);
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "False", reason });
    expect(operator.condition("MetricsAvailable")?.message).toMatch(new RegExp(`^${missing}: `));
    answers[other] = 7 * each[other];
    await operator.evaluate();
    expect(operator.replicas).toBe(7);
  });

  test("when both are there again, the wait of 300 s begins, and the larger need decides", async () => {
    const answers: Answers = { demand: 1000, queue: away };
    const operator = await twoSignals(3, answers);
    expect(operator.replicas).toBe(10);
    answers.demand = 300;
    await operator.evaluate(12);
    expect(operator.replicas).toBe(10);
    answers.queue = 250;
    await operator.evaluate();
    const complete = operator.clock.now();
    await operator.advance("330s");
    expect(operator.view.counts("inv-api").slice(2)).toEqual([{ at: complete + 300_000, replicas: 5 }]);
  });

  test("no signal can be read and no fallback is set: the count stays", async () => {
    const operator = await twoSignals(3, { demand: away, queue: away });
    await operator.evaluate(12);
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([3]);
  });

  test("the fallback is for when no signal can be read, not for one of two", async () => {
    const answers: Answers = { demand: 100, queue: away };
    const operator = await twoSignals(3, answers, { afterFailures: 3, replicas: 6 });
    await operator.evaluate(6);
    expect(operator.replicas).toBe(3);
    answers.demand = away;
    await operator.evaluate(3);
    expect(operator.replicas).toBe(6);
  });
});
