import { describe, expect, test } from "vitest";
import type { CountryHolidays } from "./country-holidays.ts";
import { holidayTable } from "./holiday-table.ts";
import type { HolidayYear } from "./holidays.ts";

const year = (of: number, days: string[] = [], source = "built in"): HolidayYear => ({ year: of, days, source });

const germany: CountryHolidays = {
  country: "DE",
  notice: "",
  years: [year(2025), year(2026, ["2026-01-01"])],
  regions: { BY: [year(2025), year(2026, ["2026-01-06"])], BE: [year(2026)] },
};
const yearsOf = (code: string, added: Record<string, HolidayYear[]> = {}): readonly HolidayYear[] =>
  holidayTable(new Map(Object.entries(added)), [germany]).yearsOf(code);
const daysOf = (code: string, added?: Record<string, HolidayYear[]>): [number, readonly string[]][] =>
  yearsOf(code, added).map((one) => [one.year, one.days]);

describe("the years of a code", () => {
  test.each<[string, string, Record<string, HolidayYear[]>, [number, string[]][]]>([
    [
      "of a country are its own",
      "DE",
      {},
      [
        [2025, []],
        [2026, ["2026-01-01"]],
      ],
    ],
    [
      "of a part have the country's days too",
      "DE-BY",
      {},
      [
        [2025, []],
        [2026, ["2026-01-01", "2026-01-06"]],
      ],
    ],
    ["of a part that is known in part are those of both", "DE-BE", {}, [[2026, ["2026-01-01"]]]],
    ["of an unknown part are none", "DE-XX", {}, []],
    ["of an unknown country are none", "FR", {}, []],
    [
      "that were added stand in their order, and replace those of the same year",
      "DE",
      { DE: [year(2027, ["2027-01-01"]), year(2025, ["2025-01-01"])] },
      [
        [2025, ["2025-01-01"]],
        [2026, ["2026-01-01"]],
        [2027, ["2027-01-01"]],
      ],
    ],
    [
      "that were added to the country alone are not known of its parts",
      "DE-BY",
      { DE: [year(2027)] },
      [
        [2025, []],
        [2026, ["2026-01-01", "2026-01-06"]],
      ],
    ],
    [
      "that were added to both are",
      "DE-BE",
      { DE: [year(2027, ["2027-01-01"])], "DE-BE": [year(2027, ["2027-03-08"])] },
      [
        [2026, ["2026-01-01"]],
        [2027, ["2027-01-01", "2027-03-08"]],
      ],
    ],
    ["of a country that was added are known", "FR", { FR: [year(2026, ["2026-07-14"])] }, [[2026, ["2026-07-14"]]]],
  ])("%s", (_, code, added, expected) => {
    expect(daysOf(code, added)).toEqual(expected);
  });

  test("have the sources of both", () => {
    const [last] = yearsOf("DE-BE", { "DE-BE": [year(2026, ["2026-03-08"], "GVBl. 1")] });
    expect(last?.source).toBe("built in; GVBl. 1");
  });
});
