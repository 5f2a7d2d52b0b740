import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readIcs, type IcsFile } from "./events.ts";

const calendar = (...lines: string[]): Buffer =>
  Buffer.from(["BEGIN:VCALENDAR", "VERSION:2.0", ...lines, "END:VCALENDAR", ""].join("\r\n"));
const event = (...lines: string[]): string[] => ["BEGIN:VEVENT", "SUMMARY:VAT", ...lines, "END:VEVENT"];
const read = (...lines: string[]): IcsFile => readIcs(calendar(...event(...lines)));
const spanOf = (...lines: string[]): string => {
  const { events, problems } = read(...lines);
  expect(problems).toEqual([]);
  const [{ span }] = events as [IcsFile["events"][number]];
  return "first" in span
    ? `${span.first.toString()} to ${span.last.toString()}`
    : `${span.start.toString()} to ${span.end.toString()}`;
};

describe("the span of an event", () => {
  test.each<[string, string[], string]>([
    [
      "days: the end is the day after",
      ["DTSTART;VALUE=DATE:20260201", "DTEND;VALUE=DATE:20260225"],
      "2026-02-01 to 2026-02-24",
    ],
    ["one day", ["DTSTART;VALUE=DATE:20260224"], "2026-02-24 to 2026-02-24"],
    [
      "one day, as some programs end it",
      ["DTSTART;VALUE=DATE:20260224", "DTEND;VALUE=DATE:20260224"],
      "2026-02-24 to 2026-02-24",
    ],
    ["days for so long", ["DTSTART;VALUE=DATE:20260201", "DURATION:P2W"], "2026-02-01 to 2026-02-14"],
    [
      "times of a zone",
      ["DTSTART;TZID=Asia/Shanghai:20260201T080000", "DTEND;TZID=Asia/Shanghai:20260224T180000"],
      "2026-02-01T08:00:00+08:00[Asia/Shanghai] to 2026-02-24T18:00:00+08:00[Asia/Shanghai]",
    ],
    [
      "times in UTC",
      ["DTSTART:20260201T000000Z", "DTEND:20260224T160000Z"],
      "2026-02-01T00:00:00+00:00[UTC] to 2026-02-24T16:00:00+00:00[UTC]",
    ],
    [
      "times of two zones",
      ["DTSTART;TZID=Europe/Warsaw:20260201T080000", "DTEND:20260224T160000Z"],
      "2026-02-01T08:00:00+01:00[Europe/Warsaw] to 2026-02-24T16:00:00+00:00[UTC]",
    ],
    [
      "a zone behind the name of a program",
      ["DTSTART;TZID=/softwarestudio.org/Olson_20011030_5/Europe/Berlin:20260201T080000", "DURATION:PT1H"],
      "2026-02-01T08:00:00+01:00[Europe/Berlin] to 2026-02-01T09:00:00+01:00[Europe/Berlin]",
    ],
    [
      "days by the clock over a change of clocks, hours by time",
      ["DTSTART;TZID=Europe/Warsaw:20260328T120000", "DURATION:P1DT1H"],
      "2026-03-28T12:00:00+01:00[Europe/Warsaw] to 2026-03-29T13:00:00+02:00[Europe/Warsaw]",
    ],
    [
      "a time that a clock leaves out is later by as much",
      ["DTSTART;TZID=America/New_York:20270314T023000", "DURATION:PT1H"],
      "2027-03-14T03:30:00-04:00[America/New_York] to 2027-03-14T04:30:00-04:00[America/New_York]",
    ],
    [
      "a time that comes twice is the first",
      ["DTSTART;TZID=America/New_York:20271107T013000", "DURATION:PT1H"],
      "2027-11-07T01:30:00-04:00[America/New_York] to 2027-11-07T01:30:00-05:00[America/New_York]",
    ],
  ])("%s", (_, lines, span) => {
    expect(spanOf(...lines)).toBe(span);
  });

  test("a TZID that its definition calls by an IANA name", () => {
    const zone = ["BEGIN:VTIMEZONE", "TZID:Warsaw", "X-LIC-LOCATION:Europe/Warsaw", "BEGIN:STANDARD"];
    const rule = ["DTSTART:19701025T030000", "RRULE:FREQ=YEARLY;BYMONTH=10", "END:STANDARD", "END:VTIMEZONE"];
    const { events } = readIcs(
      calendar(...zone, ...rule, ...event("DTSTART;TZID=Warsaw:20260201T080000", "DURATION:PT1H")),
    );
    expect(JSON.stringify(events)).toContain("[Europe/Warsaw]");
  });
});

describe("an event is refused", () => {
  test.each<[string, string[], RegExp]>([
    [
      "that recurs",
      ["DTSTART;VALUE=DATE:20260224", "RRULE:FREQ=MONTHLY"],
      /has RRULE: a series knows no holidays; write/,
    ],
    ["with more dates", ["DTSTART;VALUE=DATE:20260224", "RDATE;VALUE=DATE:20260325"], /has RDATE/],
    ["that changes one of a series", ["DTSTART;VALUE=DATE:20260224", "RECURRENCE-ID:20260224"], /has RECURRENCE-ID/],
    ["without a beginning", ["DTEND;VALUE=DATE:20260224"], /has no DTSTART/],
    [
      "with a time in no zone",
      ["DTSTART:20260201T080000", "DTEND:20260224T180000"],
      /has the DTSTART "20260201T080000", a time in no zone: write DTSTART;TZID=Asia\/Shanghai:20260201T080000/,
    ],
    [
      "in a zone that is none",
      ["DTSTART;TZID=China Standard Time:20260201T080000", "DURATION:PT1H"],
      /has a DTSTART with TZID: "China Standard Time" is not an IANA time zone/,
    ],
    ["with a day that there is not", ["DTSTART;VALUE=DATE:20260230"], /has the DTSTART "20260230": write a day as/],
    ["with a time that there is not", ["DTSTART:20260201T250000Z"], /has the DTSTART "20260201T250000Z"/],
    ["with words for a time", ["DTSTART:tomorrow"], /has the DTSTART "tomorrow"/],
    [
      "with a length that is none",
      ["DTSTART:20260201T080000Z", "DURATION:an hour"],
      /has the DURATION "an hour": write it as P14D/,
    ],
    [
      "that has a day and a time",
      ["DTSTART;VALUE=DATE:20260201", "DTEND:20260224T180000Z"],
      /a day at one end and a time at the other/,
    ],
    [
      "with days that end before they begin",
      ["DTSTART;VALUE=DATE:20260224", "DTEND;VALUE=DATE:20260201"],
      /ends \(2026-02-01\) before/,
    ],
    [
      "with times that end before they begin",
      ["DTSTART:20260224T000000Z", "DTEND:20260201T000000Z"],
      /ends .* before it begins/,
    ],
  ])("%s", (_, lines, message) => {
    const { events, problems } = read(...lines);
    expect(events).toEqual([]);
    expect(problems).toEqual([{ summary: "VAT", line: 3, message: expect.stringMatching(message) }]);
  });
});

test("one that is refused stops no other", () => {
  const { events, problems } = readIcs(
    calendar(...event("DTSTART:tomorrow"), ...event("DTSTART;VALUE=DATE:20260224"), ...event("RRULE:X")),
  );
  expect([events.map(({ line }) => line), problems.map(({ line }) => line)]).toEqual([[7], [3, 11]]);
});

test("alarms, tasks and cancelled events are left alone", () => {
  const alarm = ["BEGIN:VALARM", "TRIGGER:-PT15M", "DURATION:PT5M", "RRULE:X", "DTSTART:x", "END:VALARM"];
  const task = ["BEGIN:VTODO", "SUMMARY:pay", "DUE:20260224T100000Z", "END:VTODO"];
  const { events, problems } = readIcs(
    calendar(
      ...event("DTSTART;VALUE=DATE:20260224", ...alarm),
      ...task,
      ...event("STATUS:CANCELLED", "DTSTART;VALUE=DATE:20260324"),
    ),
  );
  expect([events.length, problems]).toEqual([1, []]);
});

test.each([
  ["Asia/Shanghai", "Asia/Shanghai"],
  ["China Standard Time", undefined],
])("the zone of a calendar that names %s is %s", (name, zone) => {
  expect(readIcs(calendar(`X-WR-TIMEZONE:${name}`)).zone).toBe(zone);
});

test.each(["", "hello", "BEGIN:VCARD\r\nEND:VCARD"])("%j is no calendar", (text) => {
  expect(() => readIcs(Buffer.from(text))).toThrow(/does not begin with BEGIN:VCALENDAR/);
});

const word = fc.oneof(
  fc.constantFrom(
    "VEVENT",
    "VALARM",
    "VCALENDAR",
    "20260224",
    "20260224T180000",
    "20260224T256060Z",
    "P14D",
    "-PT1H",
    "x",
  ),
  fc.string({ maxLength: 12 }),
);
const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("BEGIN:VEVENT", "END:VEVENT") },
  fc
    .tuple(
      fc.constantFrom("BEGIN", "END", "DTSTART", "DTEND", "DURATION", "SUMMARY", "X-WR-TIMEZONE", " folded"),
      fc.constantFrom("", ";VALUE=DATE", ";TZID=Asia/Shanghai", ";TZID=CST", ';TZID="'),
      word,
    )
    .map(([name, parameter, value]) => `${name}${parameter}:${value}`),
);

test("whatever is in a file, each event is read or refused in words", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const { events, problems } = readIcs(calendar(...lines));
      for (const { message } of problems) expect(message).toMatch(/^(has|ends) /);
      for (const { span } of events) {
        const [from, to] = "first" in span ? [span.first, span.last] : [span.start.toInstant(), span.end.toInstant()];
        expect(from.toString() <= to.toString()).toBe(true);
      }
    }),
    { numRuns: 400 },
  );
});
