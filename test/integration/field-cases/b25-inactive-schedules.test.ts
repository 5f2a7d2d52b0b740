import { describe, expect, test } from "vitest";
import { deployments } from "../../../src/kube/resource.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { deployment, invoiceService } from "../../support/billing.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";

const officeHours = {
  name: "office",
  timeZone: "Europe/London",
  start: "0 9 * * 1-5",
  end: "0 17 * * 1-5",
  replicas: 6,
};
const quarterEnd = {
  name: "quarter",
  timeZone: "Europe/London",
  start: "0 0 L 3,6,9,12 *",
  end: "0 0 1 1,4,7,10 *",
  replicas: 12,
};

type FixedEvent = Record<"name" | "start" | "end" | "timeZone", string> & { replicas: number };
const event = (name: string, start: string, end: string): FixedEvent => ({
  name,
  start,
  end,
  timeZone: "Europe/London",
  replicas: 3,
});

/** Both schedules, and demand for so many replicas. Evaluated each 10 min: boundaries are met all the same. */
async function bothSchedules(start: string, demanded: number, replicas: number): Promise<OperatorHarness> {
  const operator = await startOperator({ start, evaluationInterval: "10m" });
  operator.prometheus.answer(demanded * 100);
  await operator.create(deployments, deployment(replicas));
  const schedules = [officeHours, quarterEnd];
  await operator.create(invoiceServices, invoiceService({ scaling: { schedules } }));
  return operator;
}

describe("B25: a schedule outside of its hours has no vote", () => {
  // London is an hour ahead of UTC here; 31 March 2027 is a Wednesday, the last day of the quarter.
  test.each<[string, string, number, number]>([
    ["only the office hours", "2027-03-30T11:00:00Z", 3, 6],
    ["only the office hours, and demand above them", "2027-03-30T11:00:00Z", 9, 9],
    ["both: the larger", "2027-03-31T11:00:00Z", 3, 12],
    ["only the end of the quarter", "2027-03-31T20:00:00Z", 3, 12],
    ["neither: demand decides, not the minimum", "2027-04-01T02:00:00Z", 5, 5],
    ["neither, and no demand: the minimum", "2027-04-01T02:00:00Z", 0, 2],
    ["neither, on a Saturday", "2027-04-03T11:00:00Z", 5, 5],
  ])("%s", async (_, moment, demanded, replicas) => {
    const operator = await bothSchedules(moment, demanded, Math.max(2, demanded));
    await operator.advance("11m");
    expect(operator.replicas).toBe(replicas);
    expect(operator.view.counts("inv-api").map((count) => count.replicas)).toEqual([
      ...new Set([Math.max(2, demanded), replicas]),
    ]);
  });

  test("through a day, a quarter's end and the night after it, each boundary at its moment", async () => {
    const operator = await bothSchedules("2027-03-30T06:00:00Z", 3, 3);
    await operator.advanceTo("2027-04-01T02:00:00Z");
    expect(operator.view.counts("inv-api").slice(1)).toEqual(
      [
        ["2027-03-30T07:50:00Z", 6],
        ["2027-03-30T16:00:00Z", 3],
        ["2027-03-30T22:50:00Z", 12],
        ["2027-03-31T23:00:00Z", 3],
      ].map(([moment, replicas]) => ({ at: Date.parse(String(moment)), replicas })),
    );
  });

  test("removing the inactive one changes nothing", async () => {
    const operator = await bothSchedules("2027-03-30T11:00:00Z", 3, 3);
    expect(operator.replicas).toBe(6);
    await operator.change(invoiceServices, "inv", { spec: { scaling: { schedules: [officeHours] } } });
    await operator.advance("1h");
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([3, 6]);
    expect(operator.view.services.now("inv").status).toMatchObject({
      observedGeneration: 2,
      scaling: { floor: 6, floorReason: "schedule office" },
    });
  });

  test("removing the active one leaves what demand asks for", async () => {
    const operator = await bothSchedules("2027-03-31T11:00:00Z", 3, 3);
    expect(operator.replicas).toBe(12);
    await operator.change(invoiceServices, "inv", { spec: { scaling: { schedules: [officeHours] } } });
    await operator.advance("11m");
    expect(operator.replicas).toBe(6);
    await operator.change(invoiceServices, "inv", { spec: { scaling: { schedules: [] } } });
    await operator.advance("11m");
    expect(operator.replicas).toBe(3);
  });

  test("an event that is over or to come has none either", async () => {
    const operator = await startOperator({ start: "2027-03-30T11:00:00Z" });
    operator.prometheus.answer(500);
    await operator.create(deployments, deployment(5));
    await operator.create(
      invoiceServices,
      invoiceService({
        events: [
          event("over", "2027-03-29T00:00", "2027-03-30T00:00"),
          event("now", "2027-03-30T00:00", "2027-03-31T00:00"),
          event("to-come", "2027-04-05T00:00", "2027-04-06T00:00"),
        ],
      }),
    );
    await operator.advance("11m");
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([5]);
  });
});
