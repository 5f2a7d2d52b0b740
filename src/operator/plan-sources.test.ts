import { describe, expect, test } from "vitest";
import { invoiceService } from "../../test/support/billing.ts";
import { learntState, seenWindow } from "../../test/support/learnt.ts";
import type { InvoiceService, InvoiceServiceManifest } from "../api/v1alpha1/invoice-service.ts";
import type { ForecastState } from "../forecast/state.ts";
import { neededAt } from "../scaling/plan.ts";
import { Calendars, type CalendarView } from "./calendars.ts";
import { planSources, type PlanSources } from "./plan-sources.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = Date.parse("2027-01-12T08:00:00Z");

const release = { grace: "24h", stepPercent: 20, every: "10m" };

type Spec = InvoiceServiceManifest["spec"];
const serviceOf = ({
  scaling,
  ...spec
}: Partial<Omit<Spec, "scaling">> & { scaling?: Partial<Spec["scaling"]> } = {}): InvoiceService =>
  invoiceService({ ...spec, scaling: { expectedPeakFactor: 3, release, ...scaling } });

/** A calendar whose windows are the first half of each month. */
function viewOf(name: string, timeZone = "Asia/Shanghai"): CalendarView {
  const spec = { timeZone, openTime: "00:00", closeTime: "24:00", monthly: { opensDay: 1, deadlineDay: 15 } };
  const view = new Calendars(() => ({ metadata: { name }, spec })).view({ name }, now);
  if (!view) throw new Error("there is a calendar");
  return view;
}

const plan = (
  service: InvoiceService,
  calendars: readonly CalendarView[] = [],
  learnt: ForecastState | undefined = learntState(),
): PlanSources => planSources({ service, calendars, learnt, now });

const reasons = ({ sources }: PlanSources): string[] => sources.map(({ reason }) => reason);

const office = { name: "office", timeZone: "UTC", start: "0 9 * * *", end: "0 17 * * *", replicas: 6 };
const sale = { name: "sale", timeZone: "UTC", start: "2027-01-20T00:00", end: "2027-01-21T00:00" };

describe("a plan", () => {
  test("is made of schedules, events and the windows that are near", () => {
    const service = serviceOf({
      scaling: { schedules: [office] },
      events: [
        { ...sale, replicas: 9 },
        { ...sale, name: "launch", expectedPeakFactor: 4 },
      ],
    });
    expect(reasons(plan(service, [viewOf("cn-vat")]))).toEqual([
      "schedule office",
      "event sale",
      "event launch",
      "window cn-vat 2027-01",
      "window cn-vat 2027-02",
    ]);
  });

  test("knows the windows of a whole year all the same", () => {
    expect(plan(serviceOf(), [viewOf("cn-vat")]).windows.at(-1)?.deadline).toBeGreaterThan(now + 365 * DAY);
  });

  test("has the windows of several calendars in order of their deadlines", () => {
    const { windows } = plan(serviceOf(), [viewOf("cn-vat"), viewOf("pl-vat", "Europe/Warsaw")]);
    expect(windows.map(({ deadline }) => deadline)).toEqual(
      windows.map(({ deadline }) => deadline).toSorted((a, b) => a - b),
    );
    expect(new Set(windows.map(({ calendar }) => calendar))).toEqual(new Set(["cn-vat", "pl-vat"]));
  });

  test("leaves out what cannot be used, names it, and keeps the rest", () => {
    const service = serviceOf({
      scaling: { schedules: [{ ...office, name: "typo", timeZone: "Europe/Berlim" }, office] },
      events: [
        { ...sale, name: "over", end: "2027-01-19T00:00", replicas: 9 },
        { ...sale, replicas: 9 },
      ],
    });
    const found = plan(service);
    expect(reasons(found)).toEqual(["schedule office", "event sale"]);
    expect(found.problems.map(({ field }) => field)).toEqual([
      "spec.scaling.schedules[typo].timeZone",
      "spec.events[over].end",
    ]);
  });
});

const asked = (value: string): InvoiceService =>
  invoiceService({ annotations: { "invoiceops.dev/prewarm": value }, scaling: { release, schedules: [office] } });

describe("a prewarm", () => {
  test("is a floor until its moment, whatever else is planned", () => {
    const { sources, problems } = plan(asked("12 until 2027-01-12T10:00:00Z"));
    expect(problems).toEqual([]);
    expect(neededAt(sources, 2, now)).toBe(12);
    expect(neededAt(sources, 2, now + 2 * HOUR - 1)).toBe(12);
    expect(neededAt(sources, 2, now + 2 * HOUR)).toBe(6);
  });

  test("that is over is no part of the plan", () => {
    const found = plan(asked("12 until 2027-01-12T08:00:00Z"));
    expect([reasons(found), found.problems]).toEqual([["schedule office"], []]);
  });

  test("that cannot be read is named, and the rest of the plan stands", () => {
    const found = plan(asked("12 for 2h"));
    expect(reasons(found)).toEqual(["schedule office"]);
    expect(found.problems.map(({ field }) => field)).toEqual(["metadata.annotations[invoiceops.dev/prewarm]"]);
  });
});

const deadline = Date.parse("2027-01-15T16:00:00Z");

/** So many windows of six times the usual load. */
const seen = (months: number): ForecastState => {
  const deadlines = Array.from({ length: months }, (_, index) => deadline - (months - index) * 30 * DAY);
  // One window alone has nothing to be compared with.
  const compared = months > 1 ? { error: { last: 0.05, before: 0.05 } } : {};
  const windows = deadlines.map((at) => seenWindow({ calendar: "cn-vat", deadline: at, peak: 6, ...compared }));
  return learntState({ highest: 3_000, windows, learntUntil: now });
};

/** What is needed in each of the last hours. */
const numbers = (): number[] => {
  const { sources } = plan(serviceOf(), [viewOf("cn-vat")]);
  return Array.from({ length: 72 }, (_, hour) => neededAt(sources, 2, deadline - hour * HOUR));
};

describe("what needs a forecast", () => {
  const rising = { ...sale, expectedPeakFactor: 4 };

  test.each<[string, InvoiceService, CalendarView[], boolean]>([
    ["schedules do not", serviceOf({ scaling: { schedules: [office] } }), [], false],
    ["fixed events do not", serviceOf({ events: [{ ...sale, replicas: 9 }] }), [], false],
    ["events with a factor do", serviceOf({ events: [rising] }), [], true],
    ["windows do", serviceOf(), [viewOf("cn-vat")], true],
  ])("%s", (_, service, calendars, needed) => {
    expect(plan(service, calendars).needsForecast).toBe(needed);
  });

  test.each<[string, PlanSources]>([
    [
      "without a usual load",
      planSources({
        service: serviceOf({ events: [rising] }),
        calendars: [viewOf("cn-vat")],
        now,
      }),
    ],
    ["without perReplica", plan(withoutPerReplica(serviceOf({ events: [rising] })), [viewOf("cn-vat")])],
  ])("is no part of the plan %s", (_, found) => {
    expect(reasons(found)).toEqual([]);
  });

  /** Replicas just before the deadline, of 100 requests/s each. */
  const atDeadline = (scaling: Partial<Spec["scaling"]>, learnt: ForecastState = learntState()): number =>
    neededAt(plan(serviceOf({ scaling }), [viewOf("cn-vat")], learnt).sources, 2, deadline - 1);

  test("is the usual load times the peak factor where no window was seen, in replicas at the wanted utilization", () => {
    const scaling = { quantile: 0.5, utilization: 0.5 };
    const { sources, forecast } = plan(serviceOf({ scaling }), [viewOf("cn-vat")]);
    expect(forecast?.expected(deadline)).toBe(1_500);
    expect(neededAt(sources, 2, deadline)).toBe(30);
    expect(neededAt(sources, 2, deadline + 23 * HOUR)).toBe(30);
    expect(neededAt(sources, 2, deadline + 24 * HOUR)).toBe(2);
  });

  test("is as sure as it shall be: by default so that 95 of 100 windows fit", () => {
    const by = (quantile: number): number => atDeadline({ quantile });
    expect(by(0.8)).toBeGreaterThan(by(0.5));
    expect(by(0.99)).toBeGreaterThan(by(0.95));
    expect(atDeadline({})).toBe(by(0.95));
  });

  test("is what windows were like, once some were seen, and surer the more there were", () => {
    expect(atDeadline({ quantile: 0.5 })).toBe(15);
    expect(atDeadline({ quantile: 0.5 }, seen(6))).toBe(30);
    const margin = (months: number): number =>
      atDeadline({}, seen(months)) / atDeadline({ quantile: 0.5 }, seen(months));
    expect(margin(6)).toBeLessThan(margin(1));
  });

  test("rises when the window in force runs ahead, and never falls when it starts slowly", () => {
    const running = (times: number): number => {
      const ahead = (deadline - now) / HOUR;
      const load = Array.from({ length: 360 }, (_, back) => (back < ahead ? null : times * 500));
      const inForce = { calendar: "cn-vat", period: "2027-01", type: "", deadline, load };
      const { law: _law, ...window } = seenWindow(inForce);
      return atDeadline({}, learntState({ learntUntil: now, windows: [window] }));
    };
    expect(running(4)).toBeGreaterThan(atDeadline({}));
    expect(running(0.1)).toBe(atDeadline({}));
  });

  test("is counted by what a replica was learnt to serve where the spec does not say it", () => {
    const input = { calendars: [viewOf("cn-vat")], learnt: learntState(), perReplica: 50, now };
    const without = planSources({ ...input, service: withoutPerReplica(serviceOf({ scaling: { quantile: 0.5 } })) });
    expect(neededAt(without.sources, 2, deadline)).toBe(30);
    const own = planSources({ ...input, service: serviceOf({ scaling: { quantile: 0.5 } }) });
    expect(neededAt(own.sources, 2, deadline)).toBe(15);
  });

  test("is the user's own number in an event", () => {
    const { sources } = plan(serviceOf({ events: [rising] }));
    expect(neededAt(sources, 2, Date.parse("2027-01-20T12:00:00Z"))).toBe(20);
  });

  test("is the same twice", () => {
    expect(numbers()).toEqual(numbers());
  });
});

describe("the zone of the usual load", () => {
  const zoneless: CalendarView = { name: "typo", windows: [], problems: [] };
  const berlin = { ...sale, timeZone: "Europe/Berlin", expectedPeakFactor: 4 };

  test.each<[string, InvoiceService, CalendarView[], string]>([
    [
      "is that of the first calendar",
      serviceOf({ events: [berlin] }),
      [viewOf("cn-vat"), viewOf("pl", "Europe/Warsaw")],
      "Asia/Shanghai",
    ],
    [
      "is that of the first calendar that has one",
      serviceOf(),
      [zoneless, viewOf("pl", "Europe/Warsaw")],
      "Europe/Warsaw",
    ],
    ["is that of the first event where no calendar is", serviceOf({ events: [berlin] }), [], "Europe/Berlin"],
    ["is UTC where nothing says", serviceOf(), [], "UTC"],
  ])("%s", (_, service, calendars, zone) => {
    expect(plan(service, calendars).zone).toBe(zone);
  });
});

function withoutPerReplica(service: InvoiceService): InvoiceService {
  const { perReplica: _perReplica, ...scaling } = service.spec.scaling;
  return { ...service, spec: { ...service.spec, scaling } };
}
