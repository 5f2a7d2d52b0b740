import { describe, expect, test } from "vitest";
import { command, standingAt, type Ran } from "../../../test/support/command.ts";
import { readIcs } from "../../calendar/ics/events.ts";
import type { CalendarRow } from "./rows.ts";

const clock = standingAt("2026-11-25T10:00:00Z");
const run = (args: string, input = ""): Promise<Ran> => command(["calendar", ...args.split(" ")], { clock, input });

async function rows(args: string, input = ""): Promise<CalendarRow[]> {
  const { code, out, warned } = await run(`${args} -o json`, input);
  expect([code, warned]).toEqual([0, ""]);
  return JSON.parse(out) as CalendarRow[];
}

const filingCalendar = (spec: object): string =>
  JSON.stringify({ apiVersion: "invoiceops.dev/v1alpha1", kind: "FilingCalendar", metadata: { name: "mine" }, spec });

describe("calendar", () => {
  test("a published month, field by field", async () => {
    const [, february] = await rows("CN --year 2026");
    expect(february).toEqual({
      regime: "CN",
      filing: "15-day taxes",
      period: "2026-02",
      type: "monthly",
      opens: "2026-02-01",
      deadline: "2026-02-24",
      closesAt: "2026-02-24T23:59:59+08:00",
      timeZone: "Asia/Shanghai",
      grade: "Published",
      source: "税总办征科函〔2025〕64号, gxkgg.com/cj/2025/12-12/10532404.shtml",
    });
  });

  test.each([
    ["CN", "2013", "2013-02", "2013-02-22", "2013-02-22T23:59:59+08:00", "Computed"],
    ["GB", "2026", "2026-08", "2026-08-07", "2026-08-07T23:59:59+01:00", "Computed"],
    ["DE --land BY", "2020", "2020-04", "2020-04-14", "2020-04-14T23:59:59+02:00", "Computed"],
    ["DE-BY", "2020", "2020-04", "2020-04-14", "2020-04-14T23:59:59+02:00", "Computed"],
    ["BR --state pe", "2025", "2025-06", "2025-06-16", "2025-06-16T23:59:59-03:00", "Computed"],
    ["MX --group 1-2", "2024", "2024-12", "2024-12-18", "2024-12-18T23:59:59-06:00", "Computed"],
    ["MX --group 9-0", "2024", "2024-12", "2024-12-24", "2024-12-24T23:59:59-06:00", "Computed"],
    ["MX --group 0", "2024", "2024-12", "2024-12-24", "2024-12-24T23:59:59-06:00", "Computed"],
    ["kr", "2016", "2016-01", "2016-01-26", "2016-01-26T23:59:59+09:00", "Published"],
    ["CN", "2031", "2031-10", "2031-10-15", "2031-10-27T23:59:59+08:00", "Provisional"],
    ["VN", "2026", "2026-06", "2026-06-20", "2026-07-02T23:59:59+07:00", "Provisional"],
  ])("%s in %s: %s is due on %s", async (which, year, period, deadline, closesAt, grade) => {
    const found = await rows(`${which} --year ${year}`);
    expect(found.filter((row) => row.period === period)).toContainEqual(
      expect.objectContaining({ deadline, closesAt, grade }),
    );
    expect(found.every((row) => row.period.startsWith(year))).toBe(true);
  });

  test("a year that is not announced says so, and is no failure", async () => {
    const found = await rows("CN --year 2031");
    expect(found).toHaveLength(12);
    for (const { grade, note } of found) {
      expect([grade, note]).toEqual([
        "Provisional",
        "the holidays of 2031 are not known: give them once they are published",
      ]);
    }
  });

  test("the table, with what is provisional told once", async () => {
    const { code, out } = await run("EU-OSS --year 2026");
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      "regime  period   filing  type       opens       deadline        grade     closes at",
      "EU-OSS  2026-01  OSS     quarterly  2026-01-01  Sat 2026-01-31  Computed  2026-01-31T23:59:59+01:00 Europe/Brussels",
      "EU-OSS  2026-04  OSS     quarterly  2026-04-01  Thu 2026-04-30  Computed  2026-04-30T23:59:59+02:00 Europe/Brussels",
      "EU-OSS  2026-07  OSS     quarterly  2026-07-01  Fri 2026-07-31  Computed  2026-07-31T23:59:59+02:00 Europe/Brussels",
      "EU-OSS  2026-10  OSS     quarterly  2026-10-01  Sat 2026-10-31  Computed  2026-10-31T23:59:59+01:00 Europe/Brussels",
      "",
    ]);
    const { out: guessed } = await run("CN --year 2031");
    expect(guessed.match(/^provisional: .*$/gm)).toEqual([
      "provisional: the holidays of 2031 are not known: give them once they are published",
    ]);
  });

  test("without --year it is this one", async () => {
    const found = await rows("PL");
    expect(new Set(found.map(({ period }) => period.slice(0, 4)))).toEqual(new Set(["2026"]));
  });

  test("-o ics is a calendar that import-ics reads", async () => {
    const { code, out } = await run("CN --year 2026 -o ics");
    expect(code).toBe(0);
    const { events, problems } = readIcs(Buffer.from(out));
    expect([problems, events.length]).toEqual([[], 12]);
    expect(new Set(out.match(/^UID:.*$/gm)).size).toBe(12);
  });
});

describe("calendar -f", () => {
  test("holidays and overrides of one's own, over those of a regime", async () => {
    const holidays = [{ year: 2031, days: ["2031-01-01"], source: "notice 1" }];
    const overrides = [{ period: "2031-03", deadline: "2031-03-28", source: "notice 2" }];
    const found = await rows("-f - --year 2031", filingCalendar({ regime: "CN", holidays, overrides }));
    expect(found.slice(0, 3)).toMatchObject([
      { regime: "mine", period: "2031-01", grade: "Computed", deadline: "2031-01-15" },
      { regime: "mine", period: "2031-02", grade: "Computed", deadline: "2031-02-17" },
      { regime: "mine", period: "2031-03", grade: "Published", deadline: "2031-03-28", source: "notice 2" },
    ]);
  });

  test("dates, with hours", async () => {
    const dates = [{ period: "Q4", opens: "2027-01-02", deadline: "2027-01-25T18:00" }];
    const calendar = filingCalendar({ timeZone: "Europe/Warsaw", dates });
    expect(await rows("-f - --year 2027", calendar)).toEqual([
      {
        regime: "mine",
        period: "Q4",
        opens: "2027-01-02",
        deadline: "2027-01-25",
        closesAt: "2027-01-25T17:59:59+01:00",
        timeZone: "Europe/Warsaw",
        grade: "Published",
      },
    ]);
    expect(await rows("-f - --year 2026", calendar)).toEqual([]);
  });

  test("what cannot be used is told, and the rest printed, with code 1", async () => {
    const overrides = [{ period: "2026-02 VAT", deadline: "2026-02-26", source: "x" }];
    const { code, out, warned } = await run("-f - --year 2026", filingCalendar({ regime: "PL", overrides }));
    expect(code).toBe(1);
    expect(warned).toMatch(
      /^FilingCalendar\/mine: spec\.overrides\[2026-02 VAT\]\.period: "2026-02 VAT" is not a period/,
    );
    expect(out).toContain("2026-02");
  });
});

test.each([
  ["XX --year 2026", /^"XX" is not a regime that is built in: .*known are BR .*, CN, DE /],
  ["CN --year 26", /^--year is "26": give a year of four digits, 1900 to 2199, as in 2026/],
  ["CN --year 2026-01", /^--year is "2026-01"/],
  ["CN --year next", /^--year is "next"/],
  ["CN --year 20260", /^--year is "20260"/],
  ["--year 2026", /^the code of a regime is missing: known are BR/],
  ["CN GB", /^one regime at a time: GB is too much/],
  ["DE --land XY", /^"DE-XY" is not a regime that is built in: .*known are/],
  ["GB --land BY", /^--land is for DE, as in DE --land BY; GB has no such parts/],
  ["MX --group 2-3", /^--group is "2-3": give the sixth digit of the RFC, or 1-2/],
  ["BR --state PE --land BY", /^--land and --state do not go together: give one/],
  ["CN -o yaml", /^-o is "yaml": give table, json, ics/],
])("calendar %s is refused in words, with code 2", async (args, message) => {
  const { code, out, warned } = await run(args);
  expect([code, out]).toEqual([2, ""]);
  expect(warned).toMatch(message);
});
