import { describe, expect, test } from "vitest";
import { deployments, horizontalPodAutoscalers } from "../../src/kube/resource.ts";
import { invoiceServices } from "../../src/operator/kinds.ts";
import { autoscaler, deployment, invoiceService } from "../support/billing.ts";
import { startOperator, type OperatorHarness } from "../support/operator-harness.ts";
import { settledBilling } from "../support/settled-billing.ts";

/** `invoiceops.dev/prewarm`: a floor that somebody asks for by hand and that ends by itself. */

const ANNOTATION = "invoiceops.dev/prewarm";
const START = "2027-01-12T08:00:00Z";
const at = (time: string): number => Date.parse(`2027-01-12T${time}Z`);

const ask = (operator: OperatorHarness, value: string | null): Promise<void> =>
  operator.change(invoiceServices, "inv", { metadata: { annotations: { [ANNOTATION]: value } } });

async function autoscaled(): Promise<OperatorHarness> {
  const operator = await startOperator({ start: START });
  operator.prometheus.answer(150);
  await operator.create(deployments, deployment(2));
  await operator.create(horizontalPodAutoscalers, autoscaler("inv-api", { min: 3, max: 20 }));
  await operator.create(invoiceServices, invoiceService());
  await operator.evaluate();
  return operator;
}

describe("a prewarm", () => {
  test("raises at once, holds through a restart, and ends at its moment with the base back", async () => {
    const operator = await autoscaled();
    await operator.advanceTo("2027-01-12T08:05:00Z");
    await ask(operator, "9 until 2027-01-12T10:00:00Z");
    expect(operator.view.services.now("inv").status?.scaling).toMatchObject({
      floor: 9,
      floorReason: "prewarm",
      plan: [{ from: "2027-01-12T10:00:00Z", replicas: 3, reason: "base" }],
    });
    await operator.advanceTo("2027-01-12T10:05:00Z");
    expect(operator.view.minimums("inv-api")).toEqual([
      { at: at("08:00:00"), replicas: 3 },
      { at: at("08:05:00"), replicas: 9 },
      { at: at("10:00:00"), replicas: 3 },
    ]);
  });

  test("ends early when it is taken away, and a later one is another", async () => {
    const operator = await autoscaled();
    await ask(operator, "9 until 2027-01-12T10:00:00Z");
    await ask(operator, null);
    await ask(operator, "5 until 2027-01-12T09:00:00Z");
    expect(operator.view.minimums("inv-api").map(({ replicas }) => replicas)).toEqual([3, 9, 3, 5]);
  });

  test("on a plain workload it is the least count, inside its bounds", async () => {
    const operator = await settledBilling({ start: START, replicas: 2, answer: 150 });
    await ask(operator, "50 until 2027-01-12T10:00:00Z");
    expect(operator.replicas).toBe(20);
    expect(operator.condition("CapacityShortfall")).toMatchObject({
      status: "True",
      message: "prewarm needs 50 replicas, spec.scaling.maxReplicas allows 20: raise it in time",
    });
    await operator.advanceTo("2027-01-12T10:10:00Z");
    expect(operator.replicas).toBe(2);
    expect(operator.condition("CapacityShortfall")).toMatchObject({ status: "False" });
  });

  test("an operator that was away when it ended ends it in steps when it is back", async () => {
    const operator = await autoscaled();
    await ask(operator, "9 until 2027-01-12T08:10:00Z");
    await operator.restart("20m");
    await operator.evaluate(2);
    const minimums = operator.view.minimums("inv-api");
    expect(minimums.slice(0, 2).map(({ replicas }) => replicas)).toEqual([3, 9]);
    await operator.advance("2h");
    expect(operator.view.minimums("inv-api").at(-1)?.replicas).toBe(3);
  });

  test("that cannot be read is told with what to write, and loses nothing that stands", async () => {
    const operator = await settledBilling({
      start: START,
      replicas: 2,
      answer: 150,
      service: {
        scaling: {
          schedules: [{ name: "day", timeZone: "UTC", start: "0 6 * * *", end: "0 20 * * *", replicas: 6 }],
        },
      },
    });
    await ask(operator, "12 for 2h");
    expect(operator.condition("Stalled")).toMatchObject({
      status: "True",
      reason: "InvalidSpec",
      message: expect.stringContaining(
        'metadata.annotations[invoiceops.dev/prewarm]: "12 for 2h" does not say how many replicas until when: write 12 until 2026-11-25T10:00:00Z',
      ),
    });
    await operator.evaluate(2);
    expect(operator.replicas).toBe(6);
    await ask(operator, null);
    expect(operator.condition("Stalled")).toBeUndefined();
    expect(operator.replicas).toBe(6);
  });
});
