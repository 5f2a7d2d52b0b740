import { expect, it } from "vitest";
import { dailyLevels, levelAt, readInvoiceCounts } from "./dataset.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

it("the file has each hour's invoices, two years of them", () => {
  const counts = readInvoiceCounts();
  expect(counts.get(Date.parse("2009-12-01T09:00Z"))).toBe(10);
  expect(counts.get(Date.parse("2011-12-09T12:00Z"))).toBe(13);
  expect([...counts.values()].reduce((sum, invoices) => sum + invoices, 0)).toBe(53_628);
});

it("a file of another form is refused", () => {
  expect(() => readInvoiceCounts("time,count\n2009-12-01T07:00,2\n")).toThrow("unexpected line: time,count");
});

it("the level in the middle of an hour is the mean of it and its neighbours, and a line leads to the next", () => {
  const start = Date.parse("2010-01-04T10:00Z");
  const counts = new Map([3, 6, 9, 0].map((invoices, hour) => [start + hour * HOUR, invoices]));
  expect(levelAt(counts, start + 1.5 * HOUR)).toBe(6);
  expect(levelAt(counts, start + 2.5 * HOUR)).toBe(5);
  expect(levelAt(counts, start + 2 * HOUR)).toBe(5.5);
  expect(levelAt(counts, start - DAY)).toBe(0);
});

it("daily levels leave out weekends and days without invoices, and are smooth around 1", () => {
  const monday = Date.parse("2010-01-04T00:00Z");
  const counts = new Map(
    Array.from({ length: 14 }, (_, day) => [monday + day * DAY + 12 * HOUR, day === 2 ? 0 : 10 + day] as const),
  );
  const levels = dailyLevels(counts, monday, monday + 14 * DAY);
  expect(levels).toHaveLength(9);
  expect(levels[4]).toBe(1);
  expect(levels).toEqual(levels.toSorted((a, b) => a - b));
});
