import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { schemaOf } from "../../src/api/v1alpha1/crd.ts";
import { withDefaults } from "../../src/api/v1alpha1/defaults.ts";
import { filingCalendarKind, type FilingCalendar } from "../../src/api/v1alpha1/filing-calendar.ts";
import { regimeCalendar, regimes } from "../../src/calendar/regimes/regimes.ts";
import { windowsOf } from "../../src/calendar/windows.ts";
import { lint } from "../../src/cli/lint.ts";
import { runCli } from "../../src/cli/run.ts";
import { FakeClock } from "../../test/support/fake-clock.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDERS = ["deploy/calendars", "charts/invoiceops-calendars/calendars"];
const RANGE = { from: Date.parse("2024-01-01"), to: Date.parse("2029-01-01") };

describe.each(FOLDERS)("%s", (folder) => {
  test("has every regime, and nothing else", () => {
    const names = regimes.map(({ code }) => `${code.toLowerCase()}.yaml`);
    expect(readdirSync(join(ROOT, folder)).toSorted()).toEqual(names.toSorted());
  });

  test.each(regimes.map(({ code }) => code))("%s has the same windows as the regime", (code) => {
    const text = readFileSync(join(ROOT, folder, `${code.toLowerCase()}.yaml`), "utf8");
    const { spec } = withDefaults(schemaOf(filingCalendarKind), parse(text)) as FilingCalendar;
    expect(spec.regime).toBeUndefined();
    const found = windowsOf(spec, code, RANGE);
    expect(found.windows.length).toBeGreaterThan(10);
    expect(found).toEqual(windowsOf(regimeCalendar(code)!, code, RANGE));
  });

  test("is what lint takes", async () => {
    const out: string[] = [];
    const code = await runCli(["lint", "-f", join(ROOT, folder)], {
      command: "invoiceops",
      verbs: [lint],
      env: {},
      clock: new FakeClock("2026-11-25T10:00:00Z"),
      signal: new AbortController().signal,
      out: (text) => out.push(text),
      warn: (text) => out.push(text),
      input: async () => "",
    });
    expect([code, out.join("")]).toEqual([0, `${regimes.length} objects of ours, nothing refused\n`]);
  });
});
