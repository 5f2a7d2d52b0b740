import { describe, expect, test } from "vitest";
import { deployments, horizontalPodAutoscalers } from "../../../src/kube/resource.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { autoscaler, deployment, invoiceService } from "../../support/billing.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";
import { settledBilling } from "../../support/settled-billing.ts";

const at = (time: string): number => Date.parse(`2027-${time}Z`);

interface Schedule {
  name?: string;
  timeZone: string;
  start: string;
  end: string;
  replicas?: number;
}

/** S0 with demand for 2 replicas and one schedule. */
function scheduled(start: string, schedule: Schedule): Promise<OperatorHarness> {
  const schedules = [{ name: "office", replicas: 10, ...schedule }];
  return settledBilling({ start, replicas: 2, answer: 150, service: { scaling: { schedules } } });
}

/** Goes on in jumps of an hour and tells the different counts seen after each. */
async function jumpTo(operator: OperatorHarness, moment: string): Promise<number[]> {
  const seen = new Set<number>();
  while (operator.clock.now() < Date.parse(moment)) {
    await operator.clock.jump(Math.min(3_600_000, Date.parse(moment) - operator.clock.now()));
    seen.add(operator.replicas);
  }
  return [...seen];
}

describe("B15: a schedule that starts on weekdays and ends every day", () => {
  const weekdays: Schedule = { timeZone: "Europe/Prague", start: "30 6 * * 1-5", end: "10 22 * * *" };

  test("is over from Friday evening to Monday morning, through a restart on Saturday", async () => {
    const operator = await scheduled("2027-01-15T20:55:00Z", weekdays);
    expect(operator.replicas).toBe(10);
    await operator.advanceTo("2027-01-15T21:15:30Z");
    expect(operator.view.counts("inv-api").at(-1)).toEqual({ at: at("01-15T21:10:00"), replicas: 2 });

    expect(await jumpTo(operator, "2027-01-16T12:00:00Z")).toEqual([2]);
    await operator.restart();
    expect(operator.view.services.now("inv").status?.scaling).toMatchObject({ floor: 2, floorReason: "base" });
    expect(await jumpTo(operator, "2027-01-17T21:05:00Z")).toEqual([2]);
    await operator.advanceTo("2027-01-17T21:15:30Z");
    expect(await jumpTo(operator, "2027-01-18T05:15:00Z")).toEqual([2]);

    await operator.advanceTo("2027-01-18T05:31:00Z");
    expect(operator.view.counts("inv-api").at(-1)).toEqual({ at: at("01-18T05:20:00"), replicas: 10 });
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([2, 10, 2, 10]);
    expect(operator.view.services.now("inv").status?.scaling).toMatchObject({
      floor: 10,
      floorReason: "schedule office",
    });
  });

  test("on an autoscaler it is a minimum: raised, held and given back at the same moments", async () => {
    const operator = await startOperator({ start: "2027-01-15T20:55:00Z" });
    operator.prometheus.answer(150);
    await operator.create(deployments, deployment(2));
    await operator.create(horizontalPodAutoscalers, autoscaler("inv-api", { min: 3, max: 20 }));
    const schedules = [{ name: "office", replicas: 10, ...weekdays }];
    await operator.create(invoiceServices, invoiceService({ scaling: { schedules } }));
    await operator.advanceTo("2027-01-15T21:15:30Z");
    await operator.restart();
    for (let hour = 0; hour < 56; hour += 1) await operator.clock.jump(3_600_000);
    await operator.advanceTo("2027-01-18T05:31:00Z");
    expect(operator.view.minimums("inv-api")).toEqual([
      { at: at("01-15T20:55:00"), replicas: 3 },
      { at: at("01-15T20:55:00"), replicas: 10 },
      { at: at("01-15T21:10:00"), replicas: 3 },
      { at: at("01-18T05:20:00"), replicas: 10 },
    ]);
    const writes = await operator.requests({ verb: ["patch", "update"], resource: "deployments" });
    expect(writes).toEqual([]);
  });

  test("an operator that was away when it ended ends it when it is back", async () => {
    const operator = await scheduled("2027-01-15T20:55:00Z", weekdays);
    expect(operator.replicas).toBe(10);
    await operator.restart("15h");
    await operator.advance("330s");
    expect(operator.replicas).toBe(2);
  });

  test("an operator that was away when it started starts it when it is back", async () => {
    const operator = await scheduled("2027-01-18T05:00:00Z", weekdays);
    expect(operator.replicas).toBe(2);
    await operator.restart("4h");
    expect(operator.replicas).toBe(10);
  });

  test("one that is made on Saturday is not active", async () => {
    const operator = await scheduled("2027-01-16T12:00:00Z", weekdays);
    await operator.advance("10m");
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([2]);
  });
});

describe("the last boundary that passed decides", () => {
  test.each<[string, Schedule, string, number]>([
    ["over midnight, before it", { timeZone: "UTC", start: "0 22 * * *", end: "0 6 * * *" }, "01-12T23:30", 10],
    ["over midnight, after it", { timeZone: "UTC", start: "0 22 * * *", end: "0 6 * * *" }, "01-12T03:00", 10],
    ["over midnight, in the day", { timeZone: "UTC", start: "0 22 * * *", end: "0 6 * * *" }, "01-12T12:00", 2],
    ["Friday to Monday, on Sunday", { timeZone: "UTC", start: "0 18 * * 5", end: "0 6 * * 1" }, "01-17T12:00", 10],
    ["Friday to Monday, on Tuesday", { timeZone: "UTC", start: "0 18 * * 5", end: "0 6 * * 1" }, "01-19T12:00", 2],
    ["several starts and one end", { timeZone: "UTC", start: "0 6,9,12 * * *", end: "0 18 * * *" }, "01-12T13:00", 10],
    ["several ends after one start", { timeZone: "UTC", start: "0 6 * * *", end: "0 12,18 * * *" }, "01-12T13:00", 2],
    ["the last day of a month", { timeZone: "UTC", start: "0 0 L * *", end: "0 0 1 * *" }, "02-28T12:00", 10],
    ["the day before the last", { timeZone: "UTC", start: "0 0 L * *", end: "0 0 1 * *" }, "02-27T12:00", 2],
    ["once a year, months ago", { timeZone: "UTC", start: "0 0 1 4 *", end: "0 0 10 4 *" }, "03-01T12:00", 2],
    [
      "from the 20th over the end of the month",
      { timeZone: "UTC", start: "0 0 20 * *", end: "0 0 5 * *" },
      "03-02T12:00",
      10,
    ],
  ])("%s", async (_, schedule, moment, replicas) => {
    const operator = await scheduled(`2027-${moment}:00Z`, schedule);
    expect(operator.replicas).toBe(replicas);
    await operator.advance("2m");
    expect(operator.replicas).toBe(replicas);
  });

  test("when a start and an end fall on one moment, it starts", async () => {
    const schedule: Schedule = { timeZone: "UTC", start: "0 9 * * *", end: "0 9,17 * * *" };
    const operator = await scheduled("2027-01-12T08:55:00Z", schedule);
    await operator.advance("10m");
    expect(operator.replicas).toBe(10);
  });

  test.each([
    ["spring, when the clock is set forward", "2027-03-28T04:00:00Z", "03-28T04:30:00"],
    ["autumn, when it is set back", "2027-10-31T05:00:00Z", "10-31T05:30:00"],
    ["winter", "2027-01-12T05:00:00Z", "01-12T05:30:00"],
    ["summer", "2027-07-12T04:00:00Z", "07-12T04:30:00"],
  ])("half past six in Prague is a local time: %s", async (_, start, first) => {
    const operator = await scheduled(start, { timeZone: "Europe/Prague", start: "30 6 * * *", end: "10 22 * * *" });
    await operator.advance("35m");
    expect(operator.view.counts("inv-api").at(-1)).toEqual({ at: at(first) - 600_000, replicas: 10 });
  });
});

describe("lead", () => {
  test.each([
    ["10m", "01-12T08:50:00"],
    ["0s", "01-12T09:00:00"],
    ["37m30s", "01-12T08:22:30"],
    // A new workload has no pods to measure: two minutes.
    ["auto", "01-12T08:58:00"],
  ])("of %s asks for capacity at %s, and ends with the schedule", async (lead, first) => {
    const operator = await startOperator({ start: "2027-01-12T08:00:00Z" });
    operator.prometheus.answer(150);
    await operator.create(deployments, deployment(2));
    const schedules = [{ name: "office", timeZone: "UTC", start: "0 9 * * *", end: "0 10 * * *", replicas: 10 }];
    await operator.create(invoiceServices, invoiceService({ scaling: { lead, schedules } }));
    await operator.advance("2h10m");
    expect(operator.view.counts("inv-api").slice(1)).toEqual([
      { at: at(first), replicas: 10 },
      { at: at("01-12T10:00:00"), replicas: 2 },
    ]);
  });
});
