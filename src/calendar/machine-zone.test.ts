import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

/** Everything here that turns local time into moments, run by a process whose own zone is another. */
const program = `
const at = (name) => import(new URL(name, ${JSON.stringify(import.meta.url)}));
const { scheduleActive } = await at("./schedule.ts");
const { eventInstants } = await at("./event.ts");
const { windowsOf } = await at("./windows.ts");
const { resolveZone } = await at("./zone.ts");
const { readIcs } = await at("./ics/events.ts");
const { windowEntries } = await at("./ics/windows.ts");
const { BUILT_IN } = await at("./holidays/holiday-table.ts");
const { WorkdayCalendar } = await at("./holidays/holidays.ts");
const ics = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20270201", "END:VEVENT", "BEGIN:VEVENT",
  "DTSTART;TZID=America/New_York:20270314T023000", "DTEND:20270316T040000Z", "END:VEVENT", "END:VCALENDAR"].join("\\r\\n");
const china = new WorkdayCalendar({ weekend: [6, 7], years: BUILT_IN.yearsOf("CN") });
const refused = ["Europe/Berlim", "Local"].map((name) => { try { return resolveZone(name); } catch (error) { return error.message; } });
const mexico = { timeZone: "America/Mexico_City", start: "0 8 1 7 *", end: "0 9 1 7 *" };
const calendar = { timeZone: "Asia/Shanghai", openTime: "00:00", closeTime: "24:00", monthly: { deadlineDay: 15, opensDay: 1 } };
console.log(JSON.stringify({
  zone: new Date(2027, 0, 1).getTimezoneOffset(),
  schedule: scheduleActive(mexico, Date.parse("2027-07-01T13:59:59Z")),
  event: eventInstants({ start: "2027-03-14T02:30", end: "2027-03-15T00:00", timeZone: "America/New_York" }),
  windows: windowsOf(calendar, "cn", { from: Date.parse("2027-01-01"), to: Date.parse("2027-03-01") }),
  imported: windowEntries(readIcs(Buffer.from(ics)).events, "Asia/Shanghai", undefined).entries,
  kinds: ["2026-09-30", "2026-10-01", "2026-10-07", "2026-10-10"].map((day) => china.kind(Date.parse(day) / 86_400_000)),
  refused,
}));`;

async function under(zone: string): Promise<Record<string, unknown>> {
  const env = { ...process.env, TZ: zone };
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], { env });
  return JSON.parse(stdout) as Record<string, unknown>;
}

test("the zone of the machine changes nothing (B47)", async () => {
  const [{ zone: utc, ...here }, { zone: auckland, ...there }] = await Promise.all([
    under("UTC"),
    under("Pacific/Auckland"),
  ]);
  expect([utc, auckland]).toEqual([0, -780]);
  expect(there).toEqual(here);
  expect(here).toMatchObject({
    schedule: { active: false, until: Date.parse("2027-07-01T14:00:00Z") },
    event: { start: Date.parse("2027-03-14T07:30:00Z"), end: Date.parse("2027-03-15T04:00:00Z") },
    windows: {
      windows: [{ name: "2027-01", deadline: Date.parse("2027-01-15T16:00:00Z") }, { name: "2027-02" }, {}],
      problems: [],
    },
    imported: [
      { period: "2027-02", opens: "2027-02-01", deadline: "2027-02-01" },
      { period: "2027-03", opens: "2027-03-14T15:30", deadline: "2027-03-16T12:00" },
    ],
    kinds: ["workday", "restday", "restday", "workday"],
    refused: [expect.stringContaining("did you mean Europe/Berlin?"), expect.stringContaining("write a place")],
  });
});
