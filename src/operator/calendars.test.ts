import { describe, expect, test } from "vitest";
import type { FilingCalendar } from "../api/v1alpha1/filing-calendar.ts";
import { holidayTable } from "../calendar/holidays/holiday-table.ts";
import { Calendars, nextWindow } from "./calendars.ts";

const DAY = 86_400_000;
const now = Date.parse("2027-01-12T08:00:00Z");

const calendar = (changes: Partial<FilingCalendar["spec"]> = {}, generation = 1, uid = "1"): FilingCalendar => ({
  metadata: { name: "cn-vat", uid, generation },
  spec: {
    timeZone: "Asia/Shanghai",
    openTime: "00:00",
    closeTime: "24:00",
    monthly: { opensDay: 1, deadlineDay: 15 },
    ...changes,
  },
});

/** Calendars of a cluster in which there is this one, or none. */
function bench(first = calendar()) {
  const cluster: { calendar: FilingCalendar | undefined } = { calendar: first };
  const calendars = new Calendars((name) => (name === "cn-vat" ? cluster.calendar : undefined));
  return { cluster, calendars };
}

describe("the view of a calendar", () => {
  test("has its windows from as far back as a baseline looks to that of a yearly tax", () => {
    const view = bench().calendars.view({ name: "cn-vat" }, now);
    const deadlines = view?.windows.map(({ deadline }) => deadline) ?? [];
    expect(view).toMatchObject({ name: "cn-vat", zone: "Asia/Shanghai", problems: [] });
    expect(Math.min(...deadlines)).toBeLessThanOrEqual(now - 20 * DAY);
    expect(Math.max(...deadlines)).toBeGreaterThanOrEqual(now + 366 * DAY);
  });

  test("is the same value all day, and another one the next", () => {
    const { calendars } = bench();
    const first = calendars.view({ name: "cn-vat" }, now);
    expect(calendars.view({ name: "cn-vat" }, now + 15 * 3_600_000)).toBe(first);
    expect(calendars.view({ name: "cn-vat" }, now + DAY)).not.toBe(first);
  });

  test.each<[string, FilingCalendar]>([
    ["when its spec changes", calendar({ monthly: { opensDay: 1, deadlineDay: 20 } }, 2)],
    ["when it is made again under its name", calendar({}, 1, "2")],
  ])("is another one %s", (_, next) => {
    const { calendars, cluster } = bench();
    const first = calendars.view({ name: "cn-vat" }, now);
    cluster.calendar = next;
    expect(calendars.view({ name: "cn-vat" }, now)).not.toBe(first);
  });

  test("is the same value when only its status or labels change", () => {
    const { calendars, cluster } = bench();
    const first = calendars.view({ name: "cn-vat" }, now);
    cluster.calendar = calendar();
    expect(calendars.view({ name: "cn-vat" }, now)).toBe(first);
  });

  test("is none where there is no calendar, nor when it is gone", () => {
    const { calendars, cluster } = bench();
    expect(calendars.view({ name: "in-gst" }, now)).toBeUndefined();
    calendars.view({ name: "cn-vat" }, now);
    cluster.calendar = undefined;
    expect(calendars.view({ name: "cn-vat" }, now)).toBeUndefined();
  });

  test("of a regime has its windows without an object, and the same value all day", () => {
    const { calendars } = bench();
    const view = calendars.view({ regime: "PL" }, now);
    expect(view).toMatchObject({ name: "PL", zone: "Europe/Warsaw", problems: [] });
    expect(view?.windows.find(({ name }) => name === "2027-01")).toMatchObject({
      calendar: "PL",
      type: "quarterly",
      deadline: Date.parse("2027-01-25T23:00:00Z"),
    });
    expect(calendars.view({ regime: "PL" }, now + DAY / 2)).toBe(view);
    expect(calendars.view({ regime: "XX" }, now)).toBeUndefined();
  });

  test("is another one once holidays are added", () => {
    const january = { year: 2027, days: ["2027-01-01"], source: "notice 1" };
    let table = holidayTable();
    const calendars = new Calendars(
      () => undefined,
      () => table,
    );
    const gradeOf = (): string | undefined =>
      calendars.view({ regime: "CN" }, now)?.windows.find(({ name }) => name === "2027-01")?.grade;
    expect(gradeOf()).toBe("Provisional");
    table = holidayTable(new Map([["CN", [january]]]));
    expect(gradeOf()).toBe("Computed");
  });

  test("without a zone that exists has neither zone nor windows, and says why", () => {
    const view = bench(calendar({ timeZone: "Europe/Berlim" })).calendars.view({ name: "cn-vat" }, now);
    expect(view).toMatchObject({ windows: [], problems: [{ field: "spec.timeZone", value: "Europe/Berlim" }] });
    expect(view).not.toHaveProperty("zone");
  });
});

describe("the next window", () => {
  const calendars = new Calendars(() => undefined);
  const china = (moment: string): ReturnType<typeof nextWindow> =>
    nextWindow(calendars.view({ regime: "CN" }, now)?.windows ?? [], Date.parse(moment));

  test("is a provisional one as long as that may be open", () => {
    expect(china("2027-01-15T15:59:59Z")?.name).toBe("2027-01");
    expect(china("2027-01-27T15:59:59Z")).toMatchObject({
      name: "2027-01",
      grade: "Provisional",
      deadline: Date.parse("2027-01-15T16:00:00Z"),
      heldUntil: Date.parse("2027-01-27T16:00:00Z"),
    });
    expect(china("2027-01-27T16:00:00Z")?.name).toBe("2027-02");
  });
});
