import { conditionsField } from "./conditions.ts";
import { gradeField, observedGenerationField } from "./fields.ts";
import type { ObjectMetadata } from "./object.ts";
import * as s from "./schema.ts";

/** FilingCalendar: when filing windows open and when their deadlines are, for all services of the cluster. */

const monthly = s.object(
  "One window a month. The period of a window is the month of its deadline, for example 2026-11.",
  {
    deadlineDay: s.integerOrString(
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
);

const period = s.string("Name of the period, unique in the list, for example 2026-11 or 2026-Q3.", { max: 63 });
const deadlineText =
  "Day of the deadline (it ends at closeTime), for example 2026-11-16, or local time, for example 2026-11-16T18:00.";

const dates = s.object("The window of one period.", {
  period,
  opens: s.string(
    "Day on which it opens (at openTime), for example 2026-11-01, or local time, for example 2026-11-01T08:00.",
    {
      max: 19,
    },
  ),
  deadline: s.string(deadlineText, { max: 19 }),
});

const override = s.object(
  "A deadline that the authority moved. The window is held until the later of the two deadlines, whatever the direction.",
  {
    period,
    deadline: s.string(deadlineText, { max: 19 }),
    opens: s.optional(s.string("Opening, where it was moved too: a day or a local time.", { max: 19 })),
    announcedAt: s.optional(
      s.string(
        "When the authority announced it (RFC 3339). Before the window opens: only a later deadline counts. Otherwise both deadlines are prepared for, since nobody can tell who has heard of it.",
        { format: "date-time", max: 64 },
      ),
    ),
    source: s.string("Where it is written: a link or a document number.", { min: 1, max: 1024 }),
  },
);

const spec = s.object("What is wanted. Exactly one of monthly and dates.", {
  timeZone: s.string("IANA time zone of every date and time here, for example Asia/Shanghai.", { max: 64 }),
  openTime: s.withDefault(
    "00:00",
    s.string("Time of day at which a window opens on its first day, 00:00 to 23:59.", { max: 5 }),
  ),
  closeTime: s.withDefault(
    "24:00",
    s.string("Time of day at which a window ends on the day of its deadline, 00:01 to 24:00.", { max: 5 }),
  ),
  monthly: s.optional(monthly),
  dates: s.optional(s.list("The windows, period by period.", dates, { max: 240, key: "period" })),
  overrides: s.optional(s.list("Deadlines that were moved.", override, { max: 120, key: "period" })),
});

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

export type FilingCalendarSpec = s.Out<typeof spec>;
export type FilingCalendarStatus = s.Out<typeof status>;

/** What a user writes. */
export interface FilingCalendarManifest {
  apiVersion: "invoiceops.dev/v1alpha1";
  kind: "FilingCalendar";
  metadata: ObjectMetadata;
  spec: s.In<typeof spec>;
}

/** What the API server returns: defaults are applied. */
export interface FilingCalendar {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMetadata;
  spec: FilingCalendarSpec;
  status?: FilingCalendarStatus;
}
