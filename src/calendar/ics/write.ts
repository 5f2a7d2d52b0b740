import type { PeriodWindow } from "../window.ts";

/** Filing windows as an iCalendar file (RFC 5545): one event of whole days a window, its last day the deadline's. */

export interface IcsWindow extends Pick<PeriodWindow, "grade"> {
  /** The same for the same window in every file: programs know by it that an event was moved. */
  uid: string;
  summary: string;
  description: string;
  /** `2026-02-24`, in the zone of the tax. */
  opens: string;
  deadline: string;
}

/** `now` is when the file was made, ms since the epoch. */
export function icsText(name: string, zone: string, windows: readonly IcsWindow[], now: number): string {
  const stamp = `DTSTAMP:${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//invoiceops.dev//invoiceops//EN",
    `X-WR-CALNAME:${escaped(name)}`,
    `X-WR-TIMEZONE:${zone}`,
    ...windows.flatMap((window) => [
      "BEGIN:VEVENT",
      `UID:${window.uid}`,
      stamp,
      `DTSTART;VALUE=DATE:${compact(window.opens)}`,
      // The end is the first day after it.
      `DTEND;VALUE=DATE:${compact(nextDay(window.deadline))}`,
      `SUMMARY:${escaped(window.summary)}`,
      `DESCRIPTION:${escaped(window.description)}`,
      `STATUS:${window.grade === "Provisional" ? "TENTATIVE" : "CONFIRMED"}`,
      "TRANSP:TRANSPARENT",
      "END:VEVENT",
    ]),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

function compact(date: string): string {
  return date.replaceAll("-", "");
}

function nextDay(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`);
}

const MOST_BYTES = 75;

/** A line has at most 75 bytes; what is more goes on in the next, which begins with a space. Characters stay whole. */
function folded(line: string): string {
  let text = "";
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > MOST_BYTES) {
      text += "\r\n ";
      bytes = 1;
    }
    text += character;
    bytes += size;
  }
  return text;
}
