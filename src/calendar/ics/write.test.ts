import { expect, test } from "vitest";
import { readIcs } from "./events.ts";
import { icsText, type IcsWindow } from "./write.ts";

const NOW = Date.parse("2026-11-25T10:00:00Z");
const window: IcsWindow = {
  uid: "CN-2026-02@invoiceops.dev",
  summary: "CN 2026-02",
  description: "until the 24th",
  opens: "2026-02-01",
  deadline: "2026-02-24",
  grade: "Published",
};
const written = (...windows: IcsWindow[]): string => icsText("China: VAT", "Asia/Shanghai", windows, NOW);

test("a window is an event of whole days, and the last day is the deadline's", () => {
  expect(written(window).split("\r\n")).toEqual([
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//invoiceops.dev//invoiceops//EN",
    "X-WR-CALNAME:China: VAT",
    "X-WR-TIMEZONE:Asia/Shanghai",
    "BEGIN:VEVENT",
    "UID:CN-2026-02@invoiceops.dev",
    "DTSTAMP:20261125T100000Z",
    "DTSTART;VALUE=DATE:20260201",
    "DTEND;VALUE=DATE:20260225",
    "SUMMARY:CN 2026-02",
    "DESCRIPTION:until the 24th",
    "STATUS:CONFIRMED",
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ]);
});

test("a provisional one is tentative", () => {
  expect(written({ ...window, grade: "Provisional" })).toContain("STATUS:TENTATIVE\r\n");
});

test("what import-ics reads of it is what was written, at the end of a month and of a year too", () => {
  const windows = [
    window,
    { ...window, uid: "b", summary: "a, b; c\\d", opens: "2024-02-29", deadline: "2024-02-29" },
    { ...window, uid: "c", opens: "2025-12-01", deadline: "2025-12-31" },
  ];
  const { events, problems, zone } = readIcs(Buffer.from(written(...windows)));
  expect([problems, zone]).toEqual([[], "Asia/Shanghai"]);
  const read = events.map(({ summary, span }) => [
    summary,
    ...("first" in span ? [span.first.toString(), span.last.toString()] : []),
  ]);
  expect(read).toEqual(windows.map(({ summary, opens, deadline }) => [summary, opens, deadline]));
});

test("no line is longer than 75 bytes, and folding tears no character apart", () => {
  const long = "税总办征科函 ".repeat(40).trim();
  const text = written({ ...window, description: long, summary: long });
  for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  expect(readIcs(Buffer.from(text)).events[0]?.summary).toBe(long);
});
