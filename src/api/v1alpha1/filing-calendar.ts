import { conditionsField } from "./conditions.ts";
import { gradeField, observedGenerationField } from "./fields.ts";
import type { KindDefinition } from "./kind.ts";
import type { Manifest, Stored } from "./object.ts";
import { dayOrTimeRule, format, matches, regimeRule, zoneRule } from "./rules.ts";
import { filing, holidayYear, monthly, weekday } from "./filing-calendar-rules.ts";
import * as s from "./schema.ts";

/** FilingCalendar: when filing windows open and when their deadlines are, for all services of the cluster. */

/** A month, and after it the name of a filing where a calendar has several. */
const PERIOD_PATTERN = "^[0-9]{4}-(0[1-9]|1[0-2])( .+)?$";
const period = s.string("Name of the period, unique in the list, for example 2026-11 or 2026-Q3.", { min: 1, max: 63 });
const deadline = s.string(
  "Day of the deadline (it ends at closeTime), for example 2026-11-16, or local time, for example 2026-11-16T18:00.",
  { max: 32, rules: [dayOrTimeRule("deadline")] },
);

const dates = s.object(
  "The window of one period.",
  {
    period,
    opens: s.string(
      "Day on which it opens (at openTime), for example 2026-11-01, or local time, for example 2026-11-01T08:00.",
      { max: 32, rules: [dayOrTimeRule("opens")] },
    ),
    deadline,
  },
  {
    rules: [
      {
        // By the day alone: which moments bare days mean is known with openTime and closeTime, to the operator.
        rule: "size(self.opens) < 10 || size(self.deadline) < 10 || self.opens.substring(0, 10) <= self.deadline.substring(0, 10)",
        message: "the deadline is before the opening: give a later deadline, or an earlier opens",
        messageExpression: format(
          'period %s has the deadline "%s" before it opens ("%s"): give a later deadline, or an earlier opens',
          "self.period",
          "self.deadline",
          "self.opens",
        ),
      },
    ],
  },
);

const override = s.object(
  "A deadline that the authority moved. The window is held until the later of the two deadlines, whatever the direction.",
  {
    period,
    deadline,
    opens: s.optional(
      s.string("Opening, where it was moved too: a day or a local time.", { max: 32, rules: [dayOrTimeRule("opens")] }),
    ),
    announcedAt: s.optional(
      s.string(
        "When the authority announced it (RFC 3339). Before the window opens: only a later deadline counts. Otherwise both deadlines are prepared for, since nobody can tell who has heard of it.",
        { format: "date-time", max: 64 },
      ),
    ),
    source: s.string("Where it is written: a link or a document number.", { min: 1, max: 1024 }),
  },
);

/** The four ways to say when windows are. */
const WAYS = ["regime", "monthly", "filings", "dates"] as const;

const spec = s.object(
  "What is wanted. Exactly one of regime, monthly, filings and dates.",
  {
    regime: s.optional(
      s.string(
        "Code of a tax regime that the operator knows, for example CN, DE-BY or EU-OSS; all else here adds to it or replaces it. Where nothing is to be changed, InvoiceServices can name the regime themselves.",
        { max: 16, rules: [regimeRule("spec.regime")] },
      ),
    ),
    timeZone: s.optional(
      s.string("IANA time zone of every date and time here, for example Asia/Shanghai. A regime has its own.", {
        max: 64,
        rules: [zoneRule("spec.timeZone")],
      }),
    ),
    openTime: s.withDefault(
      "00:00",
      s.string("Time of day at which a window opens on its first day, 00:00 to 23:59.", {
        max: 16,
        rules: [matches("spec.openTime", "^([01][0-9]|2[0-3]):[0-5][0-9]$", "a time of day", "write 00:00 to 23:59")],
      }),
    ),
    closeTime: s.withDefault(
      "24:00",
      s.string("Time of day at which a window ends on the day of its deadline, 00:01 to 24:00.", {
        max: 16,
        rules: [
          matches(
            "spec.closeTime",
            "^(00:0[1-9]|00:[1-5][0-9]|(0[1-9]|1[0-9]|2[0-3]):[0-5][0-9]|24:00)$",
            "a time of day that ends a window",
            "write 00:01 to 24:00, the end of the day",
          ),
        ],
      }),
    ),
    monthly: s.optional(monthly),
    filings: s.optional(
      s.list("Rules by which deadlines follow from days of the month and working days.", filing, { max: 16 }),
    ),
    dates: s.optional(s.list("The windows, period by period.", dates, { max: 240, key: "period" })),
    weekend: s.optional(
      s.list("Days of the week that are no working days; Sat and Sun when left out.", weekday, { max: 6 }),
    ),
    holidaysFrom: s.optional(
      s.string("Country, or part of one, whose public holidays the operator is to take, for example CN or DE-BY.", {
        max: 16,
        rules: [regimeRule("spec.holidaysFrom")],
      }),
    ),
    holidays: s.optional(
      s.list(
        "Public holidays by year. A year that is given here replaces what the operator knows of it.",
        holidayYear,
        {
          max: 64,
          key: "year",
        },
      ),
    ),
    overrides: s.optional(s.list("Deadlines that were moved.", override, { max: 120, key: "period" })),
  },
  {
    rules: [
      {
        rule: `${WAYS.map((way) => `(has(self.${way}) ? 1 : 0)`).join(" + ")} == 1`,
        message: "spec needs exactly one of regime, monthly, filings and dates",
        messageExpression: `${WAYS.map((way) => `!has(self.${way})`).join(" && ")} ? 'spec has none of regime, monthly, filings and dates: give one' : ${format("spec has %s: keep one of them", `[${WAYS.map((way) => `has(self.${way}) ? '${way}' : ''`).join(", ")}].filter(way, way != '')`)}`,
      },
      {
        rule: "has(self.regime) || has(self.timeZone)",
        message: "spec.timeZone is missing: write a place such as Asia/Shanghai (only a regime has a zone of its own)",
      },
      {
        rule: `has(self.dates) || !has(self.overrides) || self.overrides.all(o, o.period.matches(r'${PERIOD_PATTERN}'))`,
        fieldPath: ".overrides",
        message: "spec.overrides: without spec.dates a period is the month of the regular deadline, written as 2026-11",
        messageExpression: format(
          'spec.overrides has the period "%s": without spec.dates it is the month of the regular deadline, written as 2026-11 (or 2026-11 GSTR-1, with the name of the filing)',
          `self.overrides.filter(o, !o.period.matches(r'${PERIOD_PATTERN}'))[0].period`,
        ),
      },
      {
        rule: "!has(self.dates) || !has(self.overrides) || self.overrides.all(o, self.dates.exists(d, d.period == o.period))",
        fieldPath: ".overrides",
        message: "spec.overrides has a period that is not in spec.dates: use one that is, or add it there",
        messageExpression: format(
          'spec.overrides has the period "%s", which is not in spec.dates: use one that is, or add it there',
          "self.overrides.filter(o, !self.dates.exists(d, d.period == o.period))[0].period",
        ),
      },
    ],
  },
);

const time = (description: string): s.Schema<string> =>
  s.string(`${description} (RFC 3339, UTC).`, { format: "date-time", max: 64 });

const next = s.object("The window that is open, or the next one.", {
  period,
  opens: time("When it opens"),
  deadline: time("When it ends"),
  heldUntil: s.optional(
    time("Until when it may still be open, where that is later; capacity is held so long, and then released"),
  ),
  grade: gradeField,
});

const status = s.object("What the operator made of it.", {
  observedGeneration: observedGenerationField,
  conditions: s.optional(conditionsField),
  next: s.optional(next),
});

const ready = `.status.conditions[?(@.type=="Ready")]`;

export const filingCalendarKind: KindDefinition = {
  kind: "FilingCalendar",
  plural: "filingcalendars",
  singular: "filingcalendar",
  shortNames: ["fcal"],
  scope: "Cluster",
  description: "When the windows of one kind of filing open, and when their deadlines are.",
  columns: [
    { name: "Ready", type: "string", jsonPath: `${ready}.status`, description: "Whether windows are known." },
    {
      name: "Period",
      type: "string",
      jsonPath: ".status.next.period",
      description: "Period of the window that is open, or next.",
    },
    { name: "Opens", type: "string", jsonPath: ".status.next.opens", description: "When it opens." },
    { name: "Deadline", type: "string", jsonPath: ".status.next.deadline", description: "When it ends." },
    { name: "Grade", type: "string", jsonPath: ".status.next.grade", description: "How sure the dates are." },
    {
      name: "Regime",
      type: "string",
      jsonPath: ".spec.regime",
      description: "The regime that it rests on.",
      priority: 1,
    },
    {
      name: "Zone",
      type: "string",
      jsonPath: ".spec.timeZone",
      description: "Time zone of the calendar.",
      priority: 1,
    },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "Time since it was created." },
    {
      name: "Message",
      type: "string",
      jsonPath: `${ready}.message`,
      description: "Why it is ready or not.",
      priority: 1,
    },
  ],
  selectable: [".spec.regime"],
  spec: spec.json,
  status: status.json,
};

export type FilingCalendarSpec = s.Out<typeof spec>;

export type FilingCalendarManifest = Manifest<"FilingCalendar", s.In<typeof spec>>;
export type FilingCalendar = Stored<FilingCalendarSpec, s.Out<typeof status>>;
