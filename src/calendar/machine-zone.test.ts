import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

/** Everything here that turns local time into moments, run by a process whose own zone is another. */
const program = `
const at = (name) => import(new URL(name, ${JSON.stringify(import.meta.url)}));
const { scheduleActive } = await at("./schedule.ts");
const { eventInstants } = await at("./event.ts");
const { windowsOf, periodsOf } = await at("./windows.ts");
const { regimeCalendar } = await at("./regimes/regimes.ts");
const { resolveZone } = await at("./zone.ts");
const refused = ["Europe/Berlim", "Local"].map((name) => { try { return resolveZone(name); } catch (error) { return error.message; } });
const mexico = { timeZone: "America/Mexico_City", start: "0 8 1 7 *", end: "0 9 1 7 *" };
const calendar = { timeZone: "Asia/Shanghai", openTime: "00:00", closeTime: "24:00", monthly: { deadlineDay: 15, opensDay: 1 } };
const year = { from: 2026 * 12, to: 2026 * 12 + 11 };
const deadlines = (code) => periodsOf(regimeCalendar(code), year).periods.map(({ deadline }) => new Date(deadline - 1000).toISOString());
console.log(JSON.stringify({
  zone: new Date(2027, 0, 1).getTimezoneOffset(),
  schedule: scheduleActive(mexico, Date.parse("2027-07-01T13:59:59Z")),
  event: eventInstants({ start: "2027-03-14T02:30", end: "2027-03-15T00:00", timeZone: "America/New_York" }),
  windows: windowsOf(calendar, "cn", { from: Date.parse("2027-01-01"), to: Date.parse("2027-03-01") }),
  regimes: Object.fromEntries(["CN", "MX", "GB", "SA", "KR", "PL"].map((code) => [code, deadlines(code)])),
  refused,
}));`;

async function under(zone: string): Promise<Record<string, unknown>> {
  const env = { ...process.env, TZ: zone };
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], { env });
  return JSON.parse(stdout) as Record<string, unknown>;
}

test("the zone of the machine changes nothing (B47)", async () => {
  const machines = ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Auckland"];
  const found = await Promise.all(machines.map(under));
  expect(found.map(({ zone }) => zone)).toEqual([0, -480, 480, -780]);
  const [{ zone: _utc, ...here } = {}, ...others] = found;
  for (const { zone: _other, ...there } of others) expect(there).toEqual(here);
  expect(here).toMatchObject({
    schedule: { active: false, until: Date.parse("2027-07-01T14:00:00Z") },
    event: { start: Date.parse("2027-03-14T07:30:00Z"), end: Date.parse("2027-03-15T04:00:00Z") },
    windows: {
      windows: [{ name: "2027-01", deadline: Date.parse("2027-01-15T16:00:00Z") }, { name: "2027-02" }, {}],
      problems: [],
    },
    refused: [expect.stringContaining("did you mean Europe/Berlin?"), expect.stringContaining("write a place")],
  });
  // The ends of days in UTC that research measured: eight hours before in China, a day after in Mexico.
  expect(here["regimes"]).toMatchObject({
    CN: expect.arrayContaining(["2026-02-24T15:59:59.000Z", "2026-10-26T15:59:59.000Z"]) as unknown,
    MX: expect.arrayContaining(["2026-07-18T05:59:59.000Z", "2026-11-18T05:59:59.000Z"]) as unknown,
    GB: expect.arrayContaining(["2026-02-07T23:59:59.000Z", "2026-08-07T22:59:59.000Z"]) as unknown,
    SA: expect.arrayContaining(["2026-01-31T20:59:59.000Z"]) as unknown,
    KR: expect.arrayContaining(["2026-01-26T14:59:59.000Z"]) as unknown,
    // Clocks were set forward between the opening of the quarter's window and its deadline, or not.
    PL: expect.arrayContaining(["2026-02-25T22:59:59.000Z", "2026-04-27T21:59:59.000Z"]) as unknown,
  });
});
