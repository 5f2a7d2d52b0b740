// npm run generate:holidays: writes src/calendar/holidays/data. Each year, after the announcements of November: raise
// the packages, add what no package has (taiwan.ts), run it, and look at what has changed (docs/calendars.md).
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { holidayYearProblems } from "../../src/calendar/holidays/holidays.ts";
import { brazil } from "./brazil.ts";
import { britain } from "./britain.ts";
import { china } from "./china.ts";
import { dataText } from "./data-text.ts";
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

const folder = join(import.meta.dirname, "../../src/calendar/holidays/data");

const countries = [
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

for (const holidays of countries) {
  const { country, years, regions = {} } = holidays;
  for (const [name, of] of Object.entries({ [country]: years, ...regions })) {
    const problems = of.flatMap((year) => holidayYearProblems(`${name} ${year.year}`, year));
    if (problems.length > 0) throw new Error(problems.map(({ field, message }) => `${field}: ${message}`).join("\n"));
  }
  writeFileSync(join(folder, `${country}.json`), dataText(holidays));
  console.log(`${country}: ${years[0]?.year} to ${years.at(-1)?.year}`);
}
