import { describe, expect, test } from "vitest";
import { BUILT_IN } from "./holidays/holiday-table.ts";
import { WorkdayCalendar } from "./holidays/holidays.ts";
import { dayIn, monthOf } from "./months.ts";
import { PUBLISHED_IN_CHINA } from "./regimes/china-published.ts";
import { nextWorkday, previousWorkday, workdaysAfter, workdaysAfterHolidays, type Shifted } from "./shift.ts";
import { DAY_MS } from "./zone.ts";

const dayOf = (date: string): number => Date.parse(date) / DAY_MS;
const dateText = (shifted: Shifted): string =>
  "day" in shifted ? new Date(shifted.day * DAY_MS).toISOString().slice(0, 10) : "unknown";

const weekend = [6, 7];
const china = new WorkdayCalendar({ weekend, years: BUILT_IN.yearsOf("CN") });
const year = {
  year: 2026,
  days: ["2026-05-01", "2026-05-04"],
  workdays: ["2026-05-09"],
  unsure: ["2026-05-20"],
  source: "x",
};
const workdays = new WorkdayCalendar({ weekend, years: [year] });

describe("a day that is no working day", () => {
  test.each<[string, typeof nextWorkday, string, string]>([
    ["stays on a working day", nextWorkday, "2026-05-05", "2026-05-05"],
    ["moves past a weekend and the holidays around it", nextWorkday, "2026-05-01", "2026-05-05"],
    ["stays on a Saturday that makes up for another day", nextWorkday, "2026-05-09", "2026-05-09"],
    ["is unknown where a day on the way is", nextWorkday, "2026-05-20", "unknown"],
    ["does not look at days behind it", nextWorkday, "2026-05-21", "2026-05-21"],
    ["is unknown past the end of the last year", nextWorkday, "2027-01-04", "unknown"],
    ["moves back", previousWorkday, "2026-05-04", "2026-04-30"],
    ["moves back to a Saturday that makes up for another day", previousWorkday, "2026-05-10", "2026-05-09"],
    ["is unknown before the first year", previousWorkday, "2025-12-31", "unknown"],
  ])("%s", (_, shift, from, to) => {
    expect(dateText(shift(dayOf(from), workdays))).toBe(to);
  });

  test.each([
    ["2026-04-30", 1, "2026-05-05"],
    ["2026-05-01", 1, "2026-05-05"],
    ["2026-05-07", 2, "2026-05-09"],
    ["2026-05-07", 3, "2026-05-11"],
    ["2026-05-18", 3, "unknown"],
  ])("after %s, working day %i is %s", (from, n, to) => {
    expect(dateText(workdaysAfter(dayOf(from), n, workdays))).toBe(to);
  });

  test("a calendar without working days is no endless search", () => {
    const never = new WorkdayCalendar({ weekend: [1, 2, 3, 4, 5, 6, 7], years: [year] });
    expect(dateText(nextWorkday(dayOf("2026-05-10"), never))).toBe("unknown");
  });
});

/** The 15th of each month of which China published the deadline for all of the year, and that deadline. */
const published = PUBLISHED_IN_CHINA.map(({ period, deadline }) => ({ base: dayOf(`${period}-15`), deadline }));

/** Those months, `2025-10`, whose deadline a rule gets wrong. */
const wrong = (rule: (base: number) => Shifted): string[] =>
  published
    .filter(({ base, deadline }) => dateText(rule(base)) !== deadline)
    .map(({ deadline }) => deadline.slice(0, 7));

/** What may be misunderstood about the rule, each as a variation of it. */
interface Variation {
  /** Days of a run outside of 1 to 15 that count too, to either side. */
  beyond?: number;
  /** Which days of a run count; all days off. */
  counts?: (day: number) => boolean;
  /** From the 15th and so many days off; as many working days. */
  after?: (base: number, days: number) => Shifted;
}

function chinaWith(variation: Variation): (base: number) => Shifted {
  const { beyond = 0, counts = () => true, after = (base, days) => workdaysAfter(base, days, china) } = variation;
  return (base) => {
    const first = dayIn(monthOf(base), 1);
    const runs: number[][] = [[]];
    for (let day = first - beyond; day <= base + beyond; day++) {
      if (china.kind(day) === "restday" && counts(day)) runs.at(-1)!.push(day);
      else runs.push([]);
    }
    const off = runs
      .filter((run) => run.length >= 3 && run.some((day) => china.isHoliday(day)))
      .filter((run) => run.some((day) => day >= first && day <= base))
      .flat().length;
    return off > 0 ? after(base, off) : nextWorkday(base, china);
  };
}

/** The same holidays in a year without make-up workdays. */
const withoutMakeUp = new WorkdayCalendar({
  weekend,
  years: BUILT_IN.yearsOf("CN").map((one) => ({ ...one, workdays: [] })),
});

describe("China's rule", () => {
  test("gives every deadline that was published for 2022 to 2026", () => {
    expect(published).toHaveLength(60);
    expect(wrong((base) => workdaysAfterHolidays(base, china))).toEqual([]);
    // The variations below are of the same rule.
    expect(wrong(chinaWith({}))).toEqual([]);
  });

  test.each<[string, (base: number) => Shifted, number, string]>([
    ["calendar days", chinaWith({ after: (base, days) => nextWorkday(base + days, china) }), 15, "2025-10"],
    ["runs that are not cut to the first half of the month", chinaWith({ beyond: 15 }), 11, "2026-02"],
    ["no make-up workdays", (base) => workdaysAfterHolidays(base, withoutMakeUp), 6, "2024-02"],
    ["holidays without the weekend beside them", chinaWith({ counts: (day) => china.isHoliday(day) }), 1, "2024-06"],
    ["weekends alone", (base) => nextWorkday(base, weekendsAlone), 24, "2025-10"],
    ["always the 15th", (base) => ({ day: base }), 34, "2026-01"],
  ])("with %s it is wrong, in %2$i months", (_, rule, months, example) => {
    const found = wrong(rule);
    expect(found).toContain(example);
    expect(found).toHaveLength(months);
  });
});

const weekendsAlone = new WorkdayCalendar({
  weekend,
  years: [2022, 2023, 2024, 2025, 2026].map((one) => ({ year: one, days: [], source: "none" })),
});
