import { describe, expect, test } from "vitest";
import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import { windowsOf } from "./windows.ts";

const calendar = (spec: Partial<FilingCalendarSpec>): FilingCalendarSpec => ({
  timeZone: "UTC",
  openTime: "00:00",
  closeTime: "24:00",
  ...spec,
});
const fifteenth = { monthly: { deadlineDay: 15, opensDay: 1 } };

/** Windows as "period opens deadline grade", the moments as short as they can be told. */
function windowsIn(spec: Partial<FilingCalendarSpec>, from: string, to: string): string[] {
  const { windows } = windowsOf(calendar(spec), "vat", { from: Date.parse(from), to: Date.parse(to) });
  return windows.map(({ name, opens, deadline, grade }) => `${name} ${short(opens)} ${short(deadline)} ${grade}`);
}

function problemsIn(spec: Partial<FilingCalendarSpec>): string[] {
  const range = { from: Date.parse("2026-11-01"), to: Date.parse("2026-12-31") };
  return windowsOf(calendar(spec), "vat", range).problems.map(({ field, message }) => `${field}: ${message}`);
}

const short = (ms: number): string => new Date(ms).toISOString().replace(/(T00:00)?:00\.000Z$/, "");

describe("by day of month", () => {
  test.each([
    ["opens on a day, ends after the deadline's day", fifteenth, "2026-11 2026-11-01 2026-11-16 Computed"],
    [
      "opens on the day itself",
      { monthly: { deadlineDay: 15, opensDay: 15 } },
      "2026-11 2026-11-15 2026-11-16 Computed",
    ],
    [
      "opens on a day of the month before",
      { monthly: { deadlineDay: 15, opensDay: 20 } },
      "2026-11 2026-10-20 2026-11-16 Computed",
    ],
    [
      "opens days before",
      { monthly: { deadlineDay: 15, opensDaysBefore: 20 } },
      "2026-11 2026-10-26 2026-11-16 Computed",
    ],
    [
      "opens and ends at times of day",
      { ...fifteenth, openTime: "08:00", closeTime: "18:00" },
      "2026-11 2026-11-01T08:00 2026-11-15T18:00 Computed",
    ],
    [
      "ends on the last day",
      { monthly: { deadlineDay: "last", opensDaysBefore: 2 } },
      "2026-11 2026-11-28 2026-12-01 Computed",
    ],
    [
      "a month without a 31st ends on its last day",
      { monthly: { deadlineDay: 31, opensDay: 31 } },
      "2026-11 2026-11-30 2026-12-01 Computed",
    ],
    [
      "in the calendar's zone",
      { ...fifteenth, timeZone: "Asia/Shanghai" },
      "2026-11 2026-10-31T16:00 2026-11-15T16:00 Computed",
    ],
  ] satisfies [string, Partial<FilingCalendarSpec>, string][])("%s", (_, spec, expected) => {
    const november = windowsIn(spec, "2026-11-01", "2026-11-30");
    expect(november.filter((window) => window.startsWith("2026-11"))).toEqual([expected]);
  });

  test("the length of the month is respected", () => {
    const deadlines = windowsIn({ monthly: { deadlineDay: 31, opensDaysBefore: 0 } }, "2028-01-02", "2028-04-29");
    expect(deadlines.map((window) => window.split(" ")[1])).toEqual(["2028-01-31", "2028-02-29", "2028-03-31"]);
  });

  test("clocks that are set move the moment, not the time of day", () => {
    const spec = { timeZone: "Europe/Warsaw", monthly: { deadlineDay: 25, opensDay: 1 }, closeTime: "18:00" };
    const deadlines = windowsIn(spec, "2027-03-02", "2027-04-02").map((window) => window.split(" ")[2]);
    expect(deadlines).toEqual(["2027-03-25T17:00", "2027-04-25T16:00"]);
  });

  test("windows that would overlap follow one another", () => {
    expect(windowsIn({ monthly: { deadlineDay: 15, opensDaysBefore: 60 } }, "2026-11-01", "2026-11-30")).toEqual([
      "2026-11 2026-10-16 2026-11-16 Computed",
      "2026-12 2026-11-16 2026-12-16 Computed",
    ]);
  });

  test("a window that opens a year before its deadline is seen from the start", () => {
    expect(windowsIn({ monthly: { deadlineDay: 1, opensDaysBefore: 366 } }, "2026-11-20", "2026-11-21")).toHaveLength(
      1,
    );
  });
});

describe("by dates", () => {
  test("days, and local times of minutes", () => {
    const spec = {
      timeZone: "Asia/Shanghai",
      dates: [
        { period: "demo", opens: "2026-11-20T10:02", deadline: "2026-11-20T10:07:30" },
        { period: "2026-11", opens: "2026-11-01", deadline: "2026-11-16" },
      ],
    };
    expect(windowsIn(spec, "2026-11-01", "2026-12-01")).toEqual([
      "2026-11 2026-10-31T16:00 2026-11-16T16:00 Published",
      "demo 2026-11-20T02:02 2026-11-20T02:07:30.000Z Published",
    ]);
  });

  test("only those that touch the range", () => {
    const dates = ["10", "12", "14"].map((day) => ({
      period: day,
      opens: `2026-11-${day}`,
      deadline: `2026-11-${day}`,
    }));
    expect(windowsIn({ dates }, "2026-11-11T12:00", "2026-11-13T12:00")).toEqual([
      "12 2026-11-12 2026-11-13 Published",
    ]);
    expect(windowsIn({ dates }, "2026-11-11", "2026-11-12")).toHaveLength(2);
  });

  test("of two that overlap the later one opens when the earlier one ends; none of the time is lost", () => {
    const dates = [
      { period: "annual", opens: "2026-10-01", deadline: "2026-11-30" },
      { period: "monthly", opens: "2026-11-01", deadline: "2026-11-15" },
      { period: "twin", opens: "2026-11-10", deadline: "2026-11-30" },
    ];
    expect(windowsIn({ dates }, "2026-10-01", "2026-12-31")).toEqual([
      "monthly 2026-10-01 2026-11-16 Published",
      "annual 2026-11-16 2026-12-01 Published",
    ]);
  });
});

const moved = (override: object): Partial<FilingCalendarSpec> => ({
  ...fifteenth,
  overrides: [{ period: "2026-11", deadline: "2026-11-18", source: "notice 42", ...override }],
});

describe("deadlines that were moved", () => {
  test.each([
    [
      "later, announced at 23:00 on the last day: both deadlines count",
      { announcedAt: "2026-11-15T23:00:00Z" },
      ["2026-11 2026-11-01 2026-11-16 Computed", "2026-11 2026-11-16 2026-11-19 Published"],
    ],
    [
      "later, announced two days after the deadline: the window is open again",
      { deadline: "2026-11-20", announcedAt: "2026-11-17T09:00:00Z" },
      ["2026-11 2026-11-01 2026-11-16 Computed", "2026-11 2026-11-16 2026-11-21 Published"],
    ],
    [
      "later, not said when: both deadlines count",
      {},
      ["2026-11 2026-11-01 2026-11-16 Computed", "2026-11 2026-11-16 2026-11-19 Published"],
    ],
    [
      "later, announced before it opens: the new one alone",
      { announcedAt: "2026-10-20T00:00:00Z" },
      ["2026-11 2026-11-01 2026-11-19 Published"],
    ],
    [
      "earlier: held until the later of the two",
      { deadline: "2026-11-12", announcedAt: "2026-10-20T00:00:00Z" },
      ["2026-11 2026-11-01 2026-11-13 Published", "2026-11 2026-11-13 2026-11-16 Computed"],
    ],
    [
      "to before the regular opening, with a new one",
      { opens: "2026-10-26", deadline: "2026-10-30" },
      ["2026-11 2026-10-26 2026-10-31 Published", "2026-11 2026-11-01 2026-11-16 Computed"],
    ],
    [
      "into the next window",
      { deadline: "2026-12-10" },
      [
        "2026-11 2026-11-01 2026-11-16 Computed",
        "2026-11 2026-11-16 2026-12-11 Published",
        "2026-12 2026-12-11 2026-12-16 Computed",
      ],
    ],
    [
      "to an hour",
      { deadline: "2026-11-15T18:00" },
      ["2026-11 2026-11-01 2026-11-15T18:00 Published", "2026-11 2026-11-15T18:00 2026-11-16 Computed"],
    ],
  ])("%s", (_, override, expected) => {
    const windows = windowsIn(moved(override), "2026-10-25", "2026-12-15");
    expect(windows.filter((window) => window.startsWith("2026-11") || expected.includes(window))).toEqual(expected);
  });

  test("an explicit date is moved the same way", () => {
    const spec = {
      dates: [{ period: "Q3", opens: "2026-11-01", deadline: "2026-11-15" }],
      overrides: [{ period: "Q3", deadline: "2026-11-18", source: "notice 42" }],
    };
    expect(windowsIn(spec, "2026-11-01", "2026-12-01")).toEqual([
      "Q3 2026-11-01 2026-11-16 Published",
      "Q3 2026-11-16 2026-11-19 Published",
    ]);
  });
});

describe("by filings", () => {
  const filings: FilingCalendarSpec["filings"] = [
    { name: "list", type: "monthly", deadline: { day: 11 }, shift: "none", opens: { day: 1 } },
    {
      name: "return",
      type: "quarterly",
      months: [1, 4, 7, 10],
      deadline: { day: 22 },
      shift: "none",
      opens: { day: 1 },
    },
  ];

  test("windows of several follow one another, each by the name of what is due at its end", () => {
    expect(windowsIn({ filings }, "2026-10-01", "2026-11-30")).toEqual([
      "2026-10 list 2026-10-01 2026-10-12 Computed",
      "2026-10 return 2026-10-12 2026-10-23 Computed",
      "2026-11 list 2026-11-01 2026-11-12 Computed",
    ]);
  });

  test.each([
    ["by its name", "2026-10 list", "2026-10-14", "2026-10 list 2026-10-12 2026-10-15 Published"],
    [
      "by its month alone, which means the last that is due before",
      "2026-10",
      "2026-10-14",
      "2026-10 list 2026-10-12 2026-10-15 Published",
    ],
    ["by its month alone, after all", "2026-10", "2026-10-30", "2026-10 return 2026-10-23 2026-10-31 Published"],
  ])("one is moved %s", (_, period, deadline, expected) => {
    const overrides = [{ period, deadline, source: "notice 42" }];
    expect(windowsIn({ filings, overrides }, "2026-10-01", "2026-10-31")).toContain(expected);
  });

  test("two that end at one moment are one, held as long as either", () => {
    const unsettled = {
      name: "b",
      type: "monthly",
      deadline: { day: 11 },
      shift: "none",
      opens: { day: 5 },
      settled: false,
    } as const;
    const { windows } = windowsOf(calendar({ filings: [...filings, unsettled] }), "vat", {
      from: Date.parse("2026-11-01"),
      to: Date.parse("2026-11-30"),
    });
    expect(windows).toMatchObject([
      { name: "2026-11 list", opens: Date.parse("2026-11-01"), grade: "Computed", heldUntil: Date.parse("2026-11-24") },
    ]);
  });

  test("the n-th working day is counted with weekends and holidays left out", () => {
    const tenth = {
      name: "efd",
      type: "monthly",
      deadline: { workday: 10 },
      shift: "none",
      opens: { day: 1 },
    } as const;
    const holidays = [{ year: 2026, days: ["2026-11-02"], source: "x" }];
    expect(windowsIn({ filings: [tenth], holidays }, "2026-11-01", "2026-11-30")).toEqual([
      "2026-11 2026-11-01 2026-11-17 Computed",
    ]);
    expect(windowsIn({ filings: [tenth] }, "2026-11-01", "2026-11-30")).toEqual([
      "2026-11 2026-11-01 2026-11-11 Provisional",
    ]);
  });

  test.each<[string, Partial<FilingCalendarSpec>, string]>([
    [
      "a day that no month has",
      { filings: [{ ...filings[0]!, deadline: { day: 32 } }] },
      'spec.filings[0].deadline: "{"day":32}" cannot be used',
    ],
    [
      "a policy that nobody knows",
      { filings: [{ ...filings[0]!, shift: "sometimes" as never }] },
      'spec.filings[0].shift: "sometimes" cannot be used: write none, nextWorkday',
    ],
    [
      "a year of holidays with a date of another",
      { filings, holidays: [{ year: 2026, days: ["2027-01-01"], source: "x" }] },
      "spec.holidays[2026].days[0]",
    ],
    ["a regime that there is not", { regime: "XX" }, 'spec.regime: "XX" is not a regime that is built in'],
    ["no zone", { filings, timeZone: undefined as never }, "spec.timeZone: is missing"],
  ])("%s is named", (_, spec, problem) => {
    expect(problemsIn(spec)).toContainEqual(expect.stringContaining(problem));
  });
});

describe("what cannot be used is named and the rest stands", () => {
  test.each([
    [
      "zone",
      { ...fifteenth, timeZone: "CST" },
      ['spec.timeZone: "CST" is not an IANA time zone: write Asia/Shanghai, America/Chicago or America/Havana'],
      0,
    ],
    [
      "opening time",
      { ...fifteenth, openTime: "8:00" },
      ['spec.openTime: "8:00" is not a time of day: write 00:00 to 24:00'],
      2,
    ],
    [
      "closing time",
      { ...fifteenth, closeTime: "noon" },
      ['spec.closeTime: "noon" is not a time of day: write 00:00 to 24:00'],
      2,
    ],
    [
      "day",
      { monthly: { deadlineDay: 32, opensDay: 1 } },
      ['spec.monthly.deadlineDay: "32" is not a day of a month: write 1 to 31, or last'],
      0,
    ],
    [
      "word",
      { monthly: { deadlineDay: "15", opensDay: 0 } },
      [
        'spec.monthly.deadlineDay: "15" is not a day of a month: write 1 to 31, or last',
        'spec.monthly.opensDay: "0" is not a day of a month: write 1 to 31',
      ],
      0,
    ],
    [
      "opening",
      { monthly: { deadlineDay: 15 } },
      ["spec.monthly: give exactly one of opensDay and opensDaysBefore"],
      0,
    ],
    [
      "date",
      {
        dates: [
          { period: "a", opens: "2026-11-31", deadline: "tomorrow" },
          { period: "b", opens: "2026-11-10", deadline: "2026-11-09" },
          { period: "c", opens: "2026-12-01", deadline: "2026-12-02" },
        ],
      },
      [
        'spec.dates[a].opens: "2026-11-31" does not exist: that month has no such day',
        'spec.dates[a].deadline: "tomorrow" is not a local time: write 2026-11-16 or 2026-11-16T18:00, without an offset (the zone is timeZone)',
        'spec.dates[b].deadline: "2026-11-09" is not after the window opens (2026-11-10): give a later deadline, or an earlier opens',
      ],
      1,
    ],
    [
      "override",
      {
        ...fifteenth,
        overrides: [
          { period: "2026-13", deadline: "2026-11-18", source: "x" },
          { period: "2026-11", deadline: "2026-10-18", source: "x" },
          { period: "2026-12", deadline: "2026-12-32", source: "x" },
          { period: "2027-01", deadline: "2027-01-20", announcedAt: "yesterday", source: "x" },
        ],
      },
      [
        'spec.overrides[2026-13].period: "2026-13" is not a period of this calendar: use one of spec.dates, or without them a month such as 2026-11',
        'spec.overrides[2026-11].deadline: "2026-10-18" is not after the window opens (regularly 2026-11-01T00:00:00.000Z): give a later deadline, or an earlier opens',
        'spec.overrides[2026-12].deadline: "2026-12-32" does not exist: that month has no such day',
        'spec.overrides[2027-01].announcedAt: "yesterday" is not a time: write 2026-11-12T15:00:00Z',
      ],
      2,
    ],
  ] satisfies [string, Partial<FilingCalendarSpec>, string[], number][])("%s", (_, spec, problems, windows) => {
    expect(problemsIn(spec)).toEqual(problems);
    expect(windowsIn(spec, "2026-11-01", "2026-12-31")).toHaveLength(windows);
  });
});
