import { dayRule, format } from "./rules.ts";
import * as s from "./schema.ts";

/** The part of a FilingCalendar that says by rule when filings are due, and which days are no working days. */

const dayOfMonth = (field: string, description: string): s.Schema<number | string> =>
  s.integerOrString(description, {
    rules: [
      {
        rule: "type(self) == int ? self >= 1 && self <= 31 : self == 'last'",
        message: `${field} is not a day of a month: write 1 to 31, or last`,
        messageExpression: format(
          `${field} is "%s": write 1 to 31 (a number, without quotes), or last`,
          "string(self)",
        ),
      },
    ],
  });

export const monthly = s.object(
  "One window a month. The period of a window is the month of its deadline, for example 2026-11.",
  {
    deadlineDay: dayOfMonth(
      "spec.monthly.deadlineDay",
      "Day of the month of the deadline, 1 to 31, or last. A shorter month uses its last day.",
    ),
    opensDay: s.optional(
      s.integer("Day of the month on which the window opens; after deadlineDay it is a day of the month before.", {
        min: 1,
        max: 31,
      }),
    ),
    opensDaysBefore: s.optional(
      s.integer("How many days before the deadline's day the window opens.", { min: 0, max: 366 }),
    ),
  },
  {
    rules: [
      {
        rule: "has(self.opensDay) != has(self.opensDaysBefore)",
        message: "spec.monthly needs exactly one of opensDay and opensDaysBefore",
        messageExpression:
          "'spec.monthly has ' + (has(self.opensDay) ? 'both opensDay and opensDaysBefore: remove one of them' : 'neither opensDay nor opensDaysBefore: give one')",
      },
    ],
  },
);

const deadline = s.object(
  "The regular day of the deadline, before it is shifted. Exactly one of day and workday.",
  {
    day: s.optional(
      dayOfMonth("deadline.day", "Day of the month, 1 to 31, or last. A shorter month uses its last day."),
    ),
    workday: s.optional(
      s.integer("Which working day of the month, counted from its first, for example 10.", { min: 1, max: 23 }),
    ),
  },
  {
    rules: [
      {
        rule: "has(self.day) != has(self.workday)",
        message: "deadline needs exactly one of day and workday",
        messageExpression:
          "'deadline has ' + (has(self.day) ? 'both day and workday: remove one of them' : 'neither day nor workday: give one')",
      },
    ],
  },
);

const opens = s.object(
  "When the window opens. Exactly one of day and daysBefore.",
  {
    day: s.optional(
      s.integer("Day of the month; after the regular day of the deadline it is a day of the month before.", {
        min: 1,
        max: 31,
      }),
    ),
    daysBefore: s.optional(s.integer("How many days before the regular day of the deadline.", { min: 0, max: 366 })),
  },
  {
    rules: [
      {
        rule: "has(self.day) != has(self.daysBefore)",
        message: "opens needs exactly one of day and daysBefore",
        messageExpression:
          "'opens has ' + (has(self.day) ? 'both day and daysBefore: remove one of them' : 'neither day nor daysBefore: give one')",
      },
    ],
  },
);

export const filing = s.object("What is due, when, and how the day moves past days that are no working days.", {
  name: s.string(
    "Name of the filing. Where a calendar has filings of several names it is part of a window's name, as in 2026-11 GSTR-1.",
    { min: 1, max: 40 },
  ),
  type: s.choice("How often it is due for one taxpayer: windows of one type have loads that are alike.", [
    "monthly",
    "bimonthly",
    "quarterly",
    "annual",
  ]),
  months: s.optional(
    s.list(
      "Months of the regular deadline, 1 to 12; every month when left out.",
      s.integer("A month.", { min: 1, max: 12 }),
      { max: 12 },
    ),
  ),
  deadline,
  shift: s.choice(
    "What happens when the regular day is no working day. none: it stays. nextWorkday, previousWorkday: the nearest one after or before. workdaysAfterHolidays (China): where at least three days off in a row, public holidays among them, lie between the first of the month and the regular day, as many working days after the regular day as these are days; otherwise as nextWorkday.",
    ["none", "nextWorkday", "previousWorkday", "workdaysAfterHolidays"],
  ),
  extraWorkdays: s.optional(
    s.integer("So many working days after the regular day, instead of a shift (Mexico, by digit of the RFC).", {
      min: 1,
      max: 30,
    }),
  ),
  opens,
  settled: s.optional(
    s.boolean(
      "Set it to false where it is not settled whether and how the day moves: then the regular day is prepared for, the window is Provisional and is held for 12 days more.",
    ),
  ),
  source: s.optional(s.string("Where the rule is written: a law, a link.", { min: 1, max: 1024 })),
});

export const weekday = s.choice("A day of the week.", ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);

const date = (what: string): s.Schema<string> =>
  s.string("A day, for example 2027-02-11.", { max: 10, rules: [dayRule(what)] });

export const holidayYear = s.object(
  "All days off of one year. A day of a year that is not known is never a working day.",
  {
    year: s.integer("The year.", { min: 1970, max: 2199 }),
    days: s.list("Public holidays, those on a weekend too.", date("a holiday"), { max: 120 }),
    workdays: s.optional(
      s.list("Days of a weekend that are working days, to make up for others.", date("a make-up workday"), { max: 60 }),
    ),
    unsure: s.optional(
      s.list("Days that may or may not be days off: nobody can tell yet.", date("a day that may be off"), { max: 60 }),
    ),
    source: s.string("Where they were announced: a link or a document number.", { min: 1, max: 1024 }),
  },
);

export type Filing = s.Out<typeof filing>;
export type Weekday = s.Out<typeof weekday>;
