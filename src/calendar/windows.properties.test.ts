import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import { inOrder } from "./window.ts";
import { windowsOf } from "./windows.ts";
import { DAY_MS } from "./zone.ts";

const day = fc
  .integer({ min: Date.parse("2026-06-01") / DAY_MS, max: Date.parse("2027-12-31") / DAY_MS })
  .map((number) => new Date(number * DAY_MS).toISOString().slice(0, 10));
const moment = fc.oneof(
  day,
  fc.tuple(day, fc.constantFrom("T02:30", "T18:00", "T23:59:30")).map(([date, time]) => date + time),
);
const month = fc
  .tuple(fc.constantFrom(2026, 2027), fc.integer({ min: 1, max: 12 }))
  .map(([year, number]) => `${year}-${String(number).padStart(2, "0")}`);
const times = {
  timeZone: fc.constantFrom("UTC", "Asia/Shanghai", "America/New_York", "America/Santiago", "Pacific/Auckland"),
  openTime: fc.constantFrom("00:00", "08:00", "23:59"),
  closeTime: fc.constantFrom("24:00", "18:00", "00:01"),
};
const override = fc.record(
  {
    period: month,
    deadline: moment,
    opens: moment,
    announcedAt: day.map((date) => `${date}T12:00:00Z`),
    source: fc.constant("x"),
  },
  { requiredKeys: ["period", "deadline", "source"] },
);
const overrides = fc.uniqueArray(override, { maxLength: 6, selector: ({ period }) => period });
const monthly = fc.oneof(
  fc.record({
    deadlineDay: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constant("last")),
    opensDay: fc.integer({ min: 1, max: 31 }),
  }),
  fc.record({ deadlineDay: fc.integer({ min: 1, max: 31 }), opensDaysBefore: fc.integer({ min: 0, max: 366 }) }),
);
const dates = fc.uniqueArray(fc.record({ period: month, opens: moment, deadline: moment }), {
  maxLength: 12,
  selector: ({ period }) => period,
});
const anyCalendar: fc.Arbitrary<FilingCalendarSpec> = fc.oneof(
  fc.record({ ...times, monthly, overrides }),
  fc.record({ ...times, dates, overrides }),
);

const moments = fc.integer({ min: Date.parse("2026-06-01"), max: Date.parse("2027-12-31") });

test("windows are in order, not empty, and never overlap", () => {
  fc.assert(
    fc.property(anyCalendar, moments, moments, (calendar, a, b) => {
      const { windows } = windowsOf(calendar, "vat", { from: Math.min(a, b), to: Math.max(a, b) });
      for (const [index, { opens, deadline }] of windows.entries()) {
        expect(opens).toBeLessThan(deadline);
        expect(opens).toBeGreaterThanOrEqual(windows[index - 1]?.deadline ?? -Infinity);
      }
    }),
  );
});

test("what a window is does not depend on the range that is asked for, or on what was asked before", () => {
  fc.assert(
    fc.property(anyCalendar, fc.array(moments, { minLength: 1, maxLength: 5 }), (calendar, asked) => {
      const all = windowsOf({ ...calendar }, "vat", { from: Date.parse("2026-01-01"), to: Date.parse("2028-06-01") });
      for (const at of asked) {
        const { windows, problems } = windowsOf(calendar, "vat", { from: at, to: at });
        expect(windows).toEqual(
          all.windows.filter(({ opens, deadline, heldUntil = deadline }) => opens <= at && heldUntil >= at),
        );
        expect(problems).toEqual(all.problems);
      }
    }),
  );
});

/** The hundred moments 0 to 99, those in a window. */
const covered = (windows: readonly { opens: number; deadline: number }[]): number[] =>
  Array.from({ length: 100 }, (_, at) => at).filter((at) => windows.some((w) => w.opens <= at && at < w.deadline));

test("putting windows in order neither adds nor loses time", () => {
  const window = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 30 }))
    .map(([opens, length]) => ({ period: "p", opens, deadline: opens + length, grade: "Published" as const }));
  fc.assert(
    fc.property(fc.array(window, { maxLength: 8 }), (windows) => {
      const ordered = inOrder(windows);
      expect(covered(ordered)).toEqual(covered(windows));
      expect(new Set(ordered.map(({ deadline }) => deadline))).toEqual(
        new Set(windows.map(({ deadline }) => deadline)),
      );
    }),
  );
});

test("a moved deadline never shortens a window, unless everybody knew before it opened", () => {
  fc.assert(
    fc.property(anyCalendar, moments, (calendar, at) => {
      const { overrides: moved = [], ...regular } = calendar;
      const untold = moved.map(({ period, deadline, source }) => ({ period, deadline, source }));
      const range = { from: at, to: at };
      const before = windowsOf(regular, "vat", range).windows;
      const after = windowsOf({ ...regular, overrides: untold }, "vat", range).windows;
      expect(after.length).toBeGreaterThanOrEqual(Math.min(1, before.length));
    }),
  );
});
