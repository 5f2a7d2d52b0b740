import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { settledBilling } from "../support/settled-billing.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** 15 January 2027 is a Friday. Nothing is announced of that year in what is built in. */
const START = "2027-01-12T08:00:00Z";
const FRIDAY = "2027-01-15T16:00:00Z";
/** New Year's days off, put together to four days: three of them in a row before the 15th move it by as many workdays. */
const ANNOUNCED = `- year: 2027
  days: ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]
  source: Notice 1
`;

test("holiday years in a folder make a provisional deadline sure, without a restart, and lose it again when they go", async () => {
  const holidaysDir = temporaryFolder();
  const service = { calendars: [{ regime: "CN" }] };
  // No evaluation is due meanwhile: it is the years that wake the service.
  const evaluationInterval = "6h";
  const operator = await settledBilling({
    start: START,
    replicas: 2,
    answer: 150,
    service,
    holidaysDir,
    evaluationInterval,
  });
  const next = () => operator.view.services.now("inv").status?.window;
  expect(next()).toMatchObject({ deadline: FRIDAY, grade: "Provisional" });

  writeFileSync(join(holidaysDir, "CN.yaml"), "- year: 2027\n  source: Notice 1\n");
  await operator.advance("1m");
  expect(next()).toMatchObject({ deadline: FRIDAY, grade: "Provisional" });
  expect(operator.logged.filter((line) => line.includes("holidays left out"))).toEqual([
    expect.stringContaining("[0].days"),
  ]);

  writeFileSync(join(holidaysDir, "CN.yaml"), ANNOUNCED);
  await operator.advance("1m");
  expect(next()).toMatchObject({ deadline: "2027-01-21T16:00:00Z", grade: "Computed" });

  rmSync(join(holidaysDir, "CN.yaml"));
  await operator.advance("1m");
  expect(next()).toMatchObject({ deadline: FRIDAY, grade: "Provisional" });
});
