import { describe, expect, test } from "vitest";
import { invoiceService } from "../../test/support/billing.ts";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { historyRead, openHistory } from "../../test/support/open-history.ts";
import type { FilingCalendar, FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { InvoiceService, InvoiceServiceManifest } from "../api/v1alpha1/invoice-service.ts";
import type { RangeAnswer } from "../prometheus/answer.ts";
import type { Grid } from "../prometheus/parse.ts";
import { Calendars } from "./calendars.ts";
import { Outlooks, type Outlook } from "./outlook.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = "2027-01-12T08:00:00Z";
const endpoint = { url: "http://prometheus:9090" };
const release = { grace: "24h", stepPercent: 20, every: "10m" };

const monthly: FilingCalendarSpec = {
  timeZone: "UTC",
  openTime: "00:00",
  closeTime: "24:00",
  monthly: { opensDay: 1, deadlineDay: 15 },
};
const dated = (...dates: NonNullable<FilingCalendarSpec["dates"]>): FilingCalendarSpec => {
  const { monthly: _, ...frame } = monthly;
  return { ...frame, dates };
};
const january = { period: "2027-01", opens: "2027-01-01", deadline: "2027-01-15" };

type Spec = InvoiceServiceManifest["spec"];

/** A service as a cache has it: every write, also of status, makes a new object. */
function serviceOf(
  { scaling, ...spec }: Partial<Omit<Spec, "scaling">> & { scaling?: Partial<Spec["scaling"]> } = {},
  generation = 1,
  uid = "a",
): InvoiceService {
  const service = invoiceService({ ...spec, scaling: { expectedPeakFactor: 3, release, ...scaling } });
  return structuredClone({ ...service, metadata: { ...service.metadata, uid, generation } });
}

/** The same load at all times of the last 20 days: usual days, and no window that is over. */
const level =
  (value: number, partial?: string) =>
  ({ start, end, stepMs }: Grid): RangeAnswer => {
    const since = Date.parse(START) - 20 * 24 * HOUR;
    const length = (end - start) / stepMs + 1;
    const values = Float64Array.from({ length }, (_, step) => (start + step * stepMs < since ? Number.NaN : value));
    return { ok: true, start, stepMs, series: [{ labels: {}, values }], ...(partial === undefined ? {} : { partial }) };
  };

const unreadable = (): RangeAnswer => ({ ok: false, reason: "Timeout", message: "no answer within 5 s" });

/** What lies ahead of a service whose calendars and Prometheus are given; calendars and answer may be changed. */
function bench(calendars: Record<string, FilingCalendarSpec> = {}, answer: (grid: Grid) => RangeAnswer = level(500)) {
  const clock = new FakeClock(START);
  const world = { calendars, answer };
  const versions = new Map<FilingCalendarSpec, number>();
  const find = (name: string): FilingCalendar | undefined => {
    const spec = world.calendars[name];
    if (!spec) return undefined;
    const generation = versions.get(spec) ?? versions.size + 1;
    versions.set(spec, generation);
    return { metadata: { name, uid: name, generation }, spec };
  };
  const outlooks = new Outlooks({
    calendars: new Calendars(find),
    history: openHistory({ clock, answer: (grid) => world.answer(grid) }),
  });
  const look = (service: InvoiceService): Outlook => outlooks.of("ns/inv", service, endpoint, clock.now());
  /** A look while nobody can say where the history is. */
  const blindLook = (service: InvoiceService): Outlook => outlooks.of("ns/inv", service, undefined, clock.now());
  /** A look after the history has been read. */
  const settled = async (service: InvoiceService): Promise<Outlook> => {
    look(service);
    await historyRead();
    return look(service);
  };
  return { clock, world, outlooks, look, blindLook, settled };
}

const following = (...names: string[]): InvoiceService => serviceOf({ calendars: names.map((name) => ({ name })) });

describe("a plan is the same value", () => {
  const schedules = [{ name: "office", timeZone: "UTC", start: "0 9 * * *", end: "0 17 * * *", replicas: 6 }];
  const scaling = { schedules };

  test("until the spec is another", () => {
    const { look } = bench();
    const first = look(serviceOf({ scaling })).plan;
    expect(look(serviceOf({ scaling })).plan).toBe(first);
    expect(look(serviceOf({ scaling }, 2)).plan).not.toBe(first);
    expect(look(serviceOf({ scaling }, 2, "b")).plan).not.toBe(look(serviceOf({ scaling }, 2)).plan);
  });

  test("until a prewarm is asked for, changed or taken away", () => {
    const { look } = bench();
    const plans = ["9 until 2027-01-12T10:00:00Z", "12 until 2027-01-12T10:00:00Z", undefined].map((value) => {
      const service = serviceOf({ scaling });
      const annotations = value === undefined ? {} : { "invoiceops.dev/prewarm": value };
      return look({ ...service, metadata: { ...service.metadata, annotations } }).plan;
    });
    expect(new Set(plans).size).toBe(3);
    expect(plans.map(({ sources }) => sources.map(({ reason }) => reason))).toEqual([
      ["schedule office", "prewarm"],
      ["schedule office", "prewarm"],
      ["schedule office"],
    ]);
  });

  test("until a calendar is another", async () => {
    const { settled, world } = bench({ vat: monthly });
    const first = (await settled(following("vat"))).plan;
    expect((await settled(following("vat"))).plan).toBe(first);
    world.calendars = { vat: dated(january) };
    expect((await settled(following("vat"))).plan).not.toBe(first);
  });

  test("while the history that it needs cannot be asked for", () => {
    const { blindLook } = bench({ vat: monthly });
    const first = blindLook(following("vat")).plan;
    expect(blindLook(following("vat")).plan).toBe(first);
  });

  test.each<[string, FilingCalendarSpec, number]>([
    ["six hours between windows", dated({ period: "2027-02", opens: "2027-02-01", deadline: "2027-02-15" }), 6 * HOUR],
    ["an hour in a window", monthly, HOUR],
  ])("until something new was learnt: for %s", async (_, calendar, ms) => {
    const { settled, clock } = bench({ vat: calendar });
    const first = (await settled(following("vat"))).plan;
    await clock.advance(ms - MINUTE);
    expect((await settled(following("vat"))).plan).toBe(first);
    await clock.advance(MINUTE);
    expect((await settled(following("vat"))).plan).not.toBe(first);
  });
});

describe("a plan may be followed down", () => {
  const complete = async (...args: Parameters<typeof bench>): Promise<boolean> => {
    const { settled } = bench(...args);
    return (await settled(following("vat"))).complete;
  };

  test.each<[string, Parameters<typeof bench>, boolean]>([
    ["with calendar and history", [{ vat: monthly }], true],
    ["not without the calendar", [{}], false],
    ["not with a calendar whose zone does not exist", [{ vat: { ...monthly, timeZone: "Europe/Berlim" } }], false],
    [
      "not with a date that cannot be read",
      [{ vat: dated(january, { ...january, period: "x", deadline: "soon" }) }],
      false,
    ],
    ["not without the history", [{ vat: monthly }, unreadable], false],
    ["not with a history of a part of the data", [{ vat: monthly }, level(500, "store-2 is away")], false],
  ])("%s", async (_, world, expected) => {
    expect(await complete(...world)).toBe(expected);
  });

  test("not before the history has been read, which its service waits for", async () => {
    const { look } = bench({ vat: monthly });
    expect(look(following("vat"))).toMatchObject({
      complete: false,
      waitingFor: "the history of demand is being read",
    });
    await historyRead();
    expect(look(following("vat"))).not.toHaveProperty("waitingFor");
  });

  test("not while nobody can say where to ask, and nothing is waited for then", () => {
    const outlook = bench({ vat: monthly }).blindLook(following("vat"));
    expect(outlook.complete).toBe(false);
    expect(outlook).not.toHaveProperty("waitingFor");
  });

  test("with what was learnt before, while nobody can say where to ask", async () => {
    const { settled, blindLook } = bench({ vat: monthly });
    await settled(following("vat"));
    expect(blindLook(following("vat"))).toMatchObject({ complete: true, forecast: { peak: 1_500 } });
  });

  test("at once where neither calendar nor history is needed", () => {
    expect(bench().look(serviceOf()).complete).toBe(true);
  });
});

describe("the window that is shown", () => {
  test("is the one in force, with the highest demand expected in it", async () => {
    const { settled } = bench({ vat: monthly });
    expect(await settled(following("vat"))).toMatchObject({
      window: {
        calendar: "vat",
        opens: "2027-01-01T00:00:00Z",
        deadline: "2027-01-16T00:00:00Z",
        grade: "Computed",
        inForce: true,
      },
      forecast: { peak: 1_500, p50: 1_500, peakAt: "2027-01-16T00:00:00Z", windows: 0 },
    });
  });

  test("is the next one between two, however far; its demand once it is in sight", async () => {
    const far = { period: "2027-03", opens: "2027-03-01", deadline: "2027-03-15" };
    const { settled, clock } = bench({ vat: dated(far) });
    const outlook = await settled(following("vat"));
    expect(outlook.window).toMatchObject({ opens: "2027-03-01T00:00:00Z", inForce: false });
    expect(outlook).not.toHaveProperty("forecast");
    await clock.advance(Date.parse("2027-01-26T00:00:00Z") - clock.now());
    expect((await settled(following("vat"))).forecast).toMatchObject({ peak: 1_500 });
  });

  test("ends with its moved deadline, and counts from its first opening", async () => {
    const moved = {
      period: "2027-01",
      deadline: "2027-01-20",
      source: "notice 4",
      announcedAt: "2027-01-15T20:00:00Z",
    };
    const { settled } = bench({ vat: { ...monthly, overrides: [moved] } });
    expect((await settled(following("vat"))).window).toMatchObject({
      opens: "2027-01-01T00:00:00Z",
      deadline: "2027-01-21T00:00:00Z",
      grade: "Published",
    });
  });

  test.each<[string, Partial<Spec["scaling"]>]>([
    ["rises", {}],
    ["is expected to be flat", { expectedPeakFactor: 1 }],
  ])("does not change from look to look where demand %s", async (_, scaling) => {
    const { settled, clock } = bench({ vat: monthly });
    const service = serviceOf({ calendars: [{ name: "vat" }], scaling });
    const first = await settled(service);
    for (let hour = 0; hour < 24; hour += 1) {
      await clock.advance(HOUR + 30_000);
      const { window, forecast } = await settled(service);
      expect({ window, forecast }).toEqual({ window: first.window, forecast: first.forecast });
    }
  });
});

test("A service whose calendar does not exist is stalled", () => {
  expect(bench().look(following("vat")).stalled).toEqual({
    reason: "CalendarNotFound",
    message: "FilingCalendar vat does not exist: create it or correct spec.calendars",
  });
});

test("What is forgotten begins anew", async () => {
  const { outlooks, settled, look } = bench({ vat: monthly });
  const first = (await settled(following("vat"))).plan;
  outlooks.forget("ns/inv");
  expect(look(following("vat"))).toMatchObject({ complete: false });
  expect(look(following("vat")).plan).not.toBe(first);
});
