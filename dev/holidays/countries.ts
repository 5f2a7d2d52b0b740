import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { brazil } from "./brazil.ts";
import { britain } from "./britain.ts";
import { china } from "./china.ts";
import { germany } from "./germany.ts";
import { italy } from "./italy.ts";
import { japan } from "./japan.ts";
import { korea } from "./korea.ts";
import { mexico } from "./mexico.ts";
import { poland } from "./poland.ts";
import { saudiArabia } from "./saudi-arabia.ts";
import { spain } from "./spain.ts";
import { taiwan } from "./taiwan.ts";
import { vietnam } from "./vietnam.ts";

/** Every country of which days off are built in. */
export async function allCountries(): Promise<CountryHolidays[]> {
  return [
    brazil(),
    britain(),
    china(),
    germany(),
    italy(),
    japan(),
    await korea(),
    mexico(),
    poland(),
    saudiArabia(),
    spain(),
    taiwan(),
    vietnam(),
  ];
}
