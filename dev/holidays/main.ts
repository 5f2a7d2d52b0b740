// npm run generate:holidays: writes src/calendar/holidays/data. Each year, after the announcements of November: raise
// the packages, add what no package has (taiwan.ts), run it, and look at what has changed (docs/calendars.md).
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { allCountries } from "./countries.ts";
import { dataText } from "./data-text.ts";

const folder = join(import.meta.dirname, "../../src/calendar/holidays/data");

for (const holidays of await allCountries()) {
  const { country, years } = holidays;
  writeFileSync(join(folder, `${country}.json`), dataText(holidays));
  console.log(`${country}: ${years[0]?.year} to ${years.at(-1)?.year}`);
}
