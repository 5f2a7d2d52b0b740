import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { allCountries } from "./countries.ts";
import { dataText } from "./data-text.ts";

const folder = join(import.meta.dirname, "../../src/calendar/holidays/data");

test("the data is what `npm run generate:holidays` makes of these packages and laws", async () => {
  for (const holidays of await allCountries()) {
    const committed = readFileSync(join(folder, `${holidays.country}.json`), "utf8");
    expect(dataText(holidays)).toBe(committed);
  }
});
