import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import {
  CORPUS_CHRISTI,
  daysOf,
  each,
  EASTER_MONDAY,
  EASTER_SUNDAY,
  GOOD_FRIDAY,
  once,
  weekdayOf,
  type LawDay,
} from "./law-days.ts";
import { holidayYear, plusDays, YEARS } from "./years.ts";

const ASCENSION = { on: 39 };
const WHIT_SUNDAY = { on: 49 };
const WHIT_MONDAY = { on: 50 };
const [EPIPHANY, ALL_SAINTS, REFORMATION] = [{ on: "01-06" }, { on: "11-01" }, { on: "10-31" }];
const REFORMATION_SINCE_2018 = { on: "10-31", since: 2018 };

const EVERYWHERE = [
  ...each("01-01 05-01 10-03 12-25 12-26"),
  GOOD_FRIDAY,
  EASTER_MONDAY,
  ASCENSION,
  WHIT_MONDAY,
  // Five hundred years of the Reformation.
  once("2017-10-31"),
];

/** By Land, beside those of all: by its Feiertagsgesetz. Some days are off in a part of the Land alone. */
const LAENDER: Readonly<Record<string, { days: readonly LawDay[]; inParts?: readonly LawDay[] }>> = {
  BB: { days: [EASTER_SUNDAY, WHIT_SUNDAY, REFORMATION] },
  BE: { days: [{ on: "03-08", since: 2019 }, once("2020-05-08"), once("2025-05-08"), once("2028-06-17")] },
  BW: { days: [EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS] },
  // Assumption Day where more people are Catholics; the Peace Feast in Augsburg.
  BY: { days: [EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS], inParts: each("08-08 08-15") },
  HB: { days: [REFORMATION_SINCE_2018] },
  HE: { days: [CORPUS_CHRISTI] },
  HH: { days: [REFORMATION_SINCE_2018] },
  MV: { days: [{ on: "03-08", since: 2023 }, REFORMATION] },
  NI: { days: [REFORMATION_SINCE_2018] },
  NW: { days: [CORPUS_CHRISTI, ALL_SAINTS] },
  RP: { days: [CORPUS_CHRISTI, ALL_SAINTS] },
  SH: { days: [REFORMATION_SINCE_2018] },
  SL: { days: [CORPUS_CHRISTI, { on: "08-15" }, ALL_SAINTS] },
  SN: { days: [REFORMATION], inParts: [CORPUS_CHRISTI] },
  ST: { days: [EPIPHANY, REFORMATION] },
  TH: { days: [{ on: "09-20", since: 2019 }, REFORMATION], inParts: [CORPUS_CHRISTI] },
};

/** The days of all Länder, and of each those beside them. What counts is the Land where the tax office sits. */
export function germany(): CountryHolidays {
  const regions = Object.fromEntries(
    Object.entries(LAENDER).map(([land, { days, inParts = [] }]) => [
      land,
      YEARS.map((year) => {
        const more = land === "SN" ? [repentanceDay(year)] : [];
        return holidayYear(
          year,
          { days: [...daysOf(year, days), ...more], unsure: daysOf(year, inParts) },
          `Feiertagsgesetz ${land}`,
        );
      }),
    ]),
  );
  const years = YEARS.map((year) => holidayYear(year, { days: daysOf(year, EVERYWHERE) }, "Feiertagsgesetze"));
  return { country: "DE", notice: "By the rules of the Feiertagsgesetze of the Länder.", years, regions };
}

/** The last Wednesday before 23 November. */
function repentanceDay(year: number): string {
  const before = `${year}-11-22`;
  return plusDays(before, -((weekdayOf(before) - 3 + 7) % 7));
}
