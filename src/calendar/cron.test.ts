import { describe, expect, test } from "vitest";
import { parseCron } from "./cron.ts";
import { dayNumber } from "./zone.ts";

/** Days of a month on which it fires. */
function daysIn(text: string, year: number, month: number): number[] {
  const cron = parseCron(text);
  const all = Array.from(
    { length: dayNumber(year, month + 1, 1) - dayNumber(year, month, 1) },
    (_, index) => index + 1,
  );
  return all.filter((day) => cron.matchesDay(dayNumber(year, month, day)));
}

describe("days", () => {
  // 1 November 2026 is a Sunday.
  test.each([
    ["a day of the month", "0 0 15 * *", [15]],
    ["lists and ranges", "0 0 1,10-12 * *", [1, 10, 11, 12]],
    ["steps over all", "0 0 */10 * *", [1, 11, 21]],
    ["steps from a day on", "0 0 20/5 * *", [20, 25, 30]],
    ["steps in a range", "0 0 1-9/4 * *", [1, 5, 9]],
    ["the last day", "0 0 L * *", [30]],
    ["the last day beside others", "0 0 1,L * *", [1, 30]],
    ["weekdays", "0 0 * * 1-5", [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 23, 24, 25, 26, 27, 30]],
    ["Sunday is 0", "0 0 * * 0", [1, 8, 15, 22, 29]],
    ["and 7", "0 0 * * 7", [1, 8, 15, 22, 29]],
    ["and a name", "0 0 * NOV sun", [1, 8, 15, 22, 29]],
    ["names in a range over the week's end", "0 0 * * FRI-SUN", [1, 6, 7, 8, 13, 14, 15, 20, 21, 22, 27, 28, 29]],
    ["another month", "0 0 * DEC *", []],
    ["either day when both are restricted", "0 0 2 * 0", [1, 2, 8, 15, 22, 29]],
    ["both days when one begins with a star", "0 0 */2 * 0", [1, 15, 29]],
    ["spaces may be wider", "0  0   15 \t * *", [15]],
  ])("%s: %s", (_, text, days) => {
    expect(daysIn(text, 2026, 11)).toEqual(days);
  });

  test("the last day follows the month", () => {
    const lastDays = [1, 2, 3, 4].map((month) => daysIn("0 0 L * *", 2028, month));
    expect(lastDays).toEqual([[31], [29], [31], [30]]);
  });
});

test.each([
  ["0 9 * * *", [540]],
  ["*/30 9-10 * * *", [540, 570, 600, 630]],
  ["5,50 23 * * *", [1385, 1430]],
])("minutes of %s", (text, minutes) => {
  expect(parseCron(text).minutes).toEqual(minutes);
});

test.each([
  ["", "has 0 fields and a cron time has five"],
  ["0 9 * *", "has 4 fields and a cron time has five"],
  ["0 0 9 * * 1-5", "has 6 fields"],
  ["@daily", "has 1 fields"],
  ["60 9 * * *", 'minute "60" is not within 0 to 59'],
  ["0 24 * * *", 'hour "24" is not within 0 to 23'],
  ["0 9 0 * *", 'day of month "0" is not within 1 to 31, or L for the last day'],
  ["0 9 32 * *", 'day of month "32"'],
  ["0 9 * 13 *", 'month "13" is not within 1 to 12 or JAN to DEC'],
  ["0 9 * * 8", 'day of week "8" is not within 0 to 7 or SUN to SAT'],
  ["0 9 * * MONDAY", 'day of week "MONDAY"'],
  ["0 9 L-3 * *", 'day of month "L-3"'],
  ["0 9 15W * *", 'day of month "15W"'],
  ["0 9 * * 5#2", 'day of week "5#2"'],
  ["0 9 ? * *", 'day of month "?"'],
  ["0 9, * * *", 'hour ""'],
  ["0 */0 * * *", 'hour "*/0": a step of 0 never advances'],
  ["0 9 * * 5-1", 'day of week "5-1": the range runs backwards'],
  ["* * * * *", "fires 1440 times a day: give at most 288"],
  ["0 0 30 2 *", "never fires"],
  ["0 0 31 4,6,9,11 *", "never fires"],
])("%s is refused: %s", (text, message) => {
  expect(() => parseCron(text)).toThrow(message);
});
