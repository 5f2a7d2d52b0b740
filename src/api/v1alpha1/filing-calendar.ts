import { conditionsField } from "./conditions.ts";
import { gradeField, observedGenerationField } from "./fields.ts";
import type { KindDefinition } from "./kind.ts";
import type { Manifest, Stored } from "./object.ts";
import { dayOrTimeRule, format, matches, zoneRule } from "./rules.ts";
import * as s from "./schema.ts";

/** FilingCalendar: when filing windows open and when their deadlines are, for all services of the cluster. */

const monthly = s.object(
  "One window a month. The period of a window is the month of its deadline, for example 2026-11.",
  {
    deadlineDay: s.integerOrString(
      "Day of the month of the deadline, 1 to 31, or last. A shorter month uses its last day.",
      {
        rules: [
          {
            rule: "type(self) == int ? self >= 1 && self <= 31 : self == 'last'",
            message: "spec.monthly.deadlineDay is not a day of a month: write 1 to 31, or last",
            messageExpression: format(
              'spec.monthly.deadlineDay is "%s": write 1 to 31 (a number, without quotes), or last',
              "string(self)",
            ),
          },
        ],
      },
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

const MONTH_PATTERN = "^[0-9]{4}-(0[1-9]|1[0-2])$";
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

const spec = s.object(
  "What is wanted. Exactly one of monthly and dates.",
  {
    timeZone: s.string("IANA time zone of every date and time here, for example Asia/Shanghai.", {
      max: 64,
      rules: [zoneRule("spec.timeZone")],
    }),
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
    dates: s.optional(s.list("The windows, period by period.", dates, { max: 240, key: "period" })),
    overrides: s.optional(s.list("Deadlines that were moved.", override, { max: 120, key: "period" })),
  },
  {
    rules: [
      {
        rule: "has(self.monthly) != has(self.dates)",
        message: "spec needs exactly one of monthly and dates",
        messageExpression:
          "'spec has ' + (has(self.dates) ? 'both monthly and dates: remove one of them' : 'neither monthly nor dates: give one')",
      },
      {
        rule: `!has(self.monthly) || !has(self.overrides) || self.overrides.all(o, o.period.matches(r'${MONTH_PATTERN}'))`,
        fieldPath: ".overrides",
        message: "spec.overrides: with spec.monthly a period is the month of the regular deadline, written as 2026-11",
        messageExpression: format(
          'spec.overrides has the period "%s": with spec.monthly it is the month of the regular deadline, written as 2026-11',
          `self.overrides.filter(o, !o.period.matches(r'${MONTH_PATTERN}'))[0].period`,
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
  spec: spec.json,
  status: status.json,
};

export type FilingCalendarSpec = s.Out<typeof spec>;

export type FilingCalendarManifest = Manifest<"FilingCalendar", s.In<typeof spec>>;
export type FilingCalendar = Stored<FilingCalendarSpec, s.Out<typeof status>>;
