import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { CORPUS_CHRISTI, daysOf, each, GOOD_FRIDAY, type LawDay } from "./law-days.ts";
import { holidayYear, YEARS } from "./years.ts";

const LAW = "Lei 662/1949, Lei 6.802/1980, Lei 14.759/2023";
const STATE_LAW = "Lei 9.093/1995";

const DAYS = [...each("01-01 04-21 05-01 09-07 10-12 11-02 11-15 12-25"), GOOD_FRIDAY, { on: "11-20", since: 2024 }];
/** Monday and Tuesday of Carnival, Ash Wednesday, Corpus Christi: the state's service decides each year. */
const OPTIONAL = [{ on: -48 }, { on: -47 }, { on: -46 }, CORPUS_CHRISTI];

/** A state may have one day by federal law, its data magna. Others are kept in the state all the same. */
const STATES: Readonly<Record<string, { days: readonly LawDay[]; unsure: readonly LawDay[] }>> = {
  CE: { days: [{ on: "03-25", since: 2012 }], unsure: each("03-19") },
  PE: { days: [{ on: "03-06", since: 2018 }], unsure: each("06-24") },
};

export function brazil(): CountryHolidays {
  const regions = Object.fromEntries(
    Object.entries(STATES).map(([state, { days, unsure }]) => [
      state,
      YEARS.map((year) => holidayYear(year, { days: daysOf(year, days), unsure: daysOf(year, unsure) }, STATE_LAW)),
    ]),
  );
  const years = YEARS.map((year) =>
    holidayYear(year, { days: daysOf(year, DAYS), unsure: daysOf(year, OPTIONAL) }, LAW),
  );
  return { country: "BR", notice: `By the rules of ${LAW}, and of states under ${STATE_LAW}.`, years, regions };
}
