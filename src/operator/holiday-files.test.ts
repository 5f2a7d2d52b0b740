import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import type { HolidayTable } from "../calendar/holidays/holiday-table.ts";
import { HolidayFiles } from "./holiday-files.ts";

const yearOf = (year: number, day = `${year}-01-01`): string => `- {year: ${year}, days: [${day}], source: Notice 1}\n`;

interface Line {
  msg: string;
  file?: string;
  message?: string;
  years?: Record<string, number[]>;
}

/** A folder as the kubelet mounts a ConfigMap: the names lead through `..data` to the version of the moment. */
function mount(dir: string, version: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(dir, `..${version}`));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(dir, `..${version}`, name), text);
    rmSync(join(dir, name), { force: true });
    symlinkSync(join("..data", name), join(dir, name));
  }
  symlinkSync(`..${version}`, join(dir, "..data_tmp"));
  renameSync(join(dir, "..data_tmp"), join(dir, "..data"));
}

function start(files: Readonly<Record<string, string>>) {
  const dir = temporaryFolder();
  mount(dir, "1", files);
  const clock = new FakeClock();
  const log: Line[] = [];
  const changes: HolidayTable[] = [];
  const holidays = new HolidayFiles({
    dir,
    clock,
    log: pino({ base: null }, { write: (line) => void log.push(JSON.parse(line) as Line) }),
    onChange: (table) => changes.push(table),
  });
  const stop = new AbortController();
  const running = holidays.run(stop.signal);
  const years = (code: string): number[] => holidays.table.yearsOf(code).map(({ year }) => year);
  const refused = (): unknown[] =>
    log.flatMap(({ msg, file, message }) => (msg === "holidays left out" ? [[file, message]] : []));
  return { dir, clock, log, changes, holidays, years, refused, end: () => (stop.abort(), running) };
}

test("years are added to those built in from the start, in YAML and in JSON", async () => {
  const { years, log, holidays, end } = start({
    "ZZ.yaml": yearOf(2027),
    "DE-BY.yml": yearOf(2031),
    "DE.json": JSON.stringify([{ year: 2031, days: ["2031-01-01"], source: "x" }]),
  });
  expect(years("ZZ")).toEqual([2027]);
  expect(years("DE")).toContain(2026);
  expect(years("DE")).toContain(2031);
  expect(holidays.table.yearsOf("DE-BY").at(-1)?.days).toEqual(["2031-01-01", "2031-01-01"]);
  expect(log).toEqual([
    expect.objectContaining({ msg: "holiday years read", years: { DE: [2031], "DE-BY": [2031], ZZ: [2027] } }),
  ]);
  await end();
});

test("a ConfigMap that changes is read again, one that does not is no change", async () => {
  const { dir, clock, changes, years, end } = start({ "ZZ.yaml": yearOf(2027) });
  await clock.advance(60_000);
  expect(changes).toEqual([]);

  mount(dir, "2", { "ZZ.yaml": yearOf(2027) + yearOf(2028), "ZY.yaml": yearOf(2027) });
  await clock.advance(30_000);
  expect(changes.map((table) => table.yearsOf("ZZ").length)).toEqual([2]);
  expect([years("ZZ"), years("ZY")]).toEqual([[2027, 2028], [2027]]);

  rmSync(join(dir, "ZZ.yaml"));
  await clock.advance(30_000);
  expect([changes.length, years("ZZ"), years("ZY")]).toEqual([2, [], [2027]]);
  await end();
});

test("what cannot be used is told once and left out, the rest is used, and nothing stops", async () => {
  const { dir, clock, years, refused, end } = start({
    "ZZ.yaml": `${yearOf(2027)}${yearOf(2028, "2027-01-01")}`,
    "ZY.yaml": "[",
    "notes.txt": "hello",
  });
  expect(years("ZZ")).toEqual([2027]);
  expect(refused()).toEqual([
    ["ZY.yaml", expect.stringContaining("neither YAML nor JSON")],
    ["ZZ.yaml", '"2027-01-01" is not in 2028: write it in the entry of its own year'],
    ["notes.txt", "is no country's file: call it CN.yaml or DE-BY.yaml"],
  ]);
  await clock.advance(120_000);
  expect(refused()).toHaveLength(3);

  rmSync(dir, { recursive: true });
  await clock.advance(30_000);
  expect(years("ZZ")).toEqual([]);
  expect(years("CN")).toContain(2026);
  expect(refused()).toHaveLength(4);

  mkdirSync(dir);
  writeFileSync(join(dir, "ZZ.yaml"), yearOf(2029));
  await clock.advance(30_000);
  expect(years("ZZ")).toEqual([2029]);
  await end();
});
