import { stringify } from "yaml";
import type { FilingCalendarManifest } from "../../src/api/v1alpha1/filing-calendar.ts";
import { regimes } from "../../src/calendar/regimes/regimes.ts";

/** Every regime as the FilingCalendar that says the same, for those who change a rule without a release. */

export function calendarManifests(): ReadonlyMap<string, FilingCalendarManifest> {
  return new Map(
    regimes.map(({ code, spec }) => {
      const name = code.toLowerCase();
      return [name, { apiVersion: "invoiceops.dev/v1alpha1", kind: "FilingCalendar", metadata: { name }, spec }];
    }),
  );
}

/** As files by name: `cn.yaml`. */
export function calendarFiles(): [name: string, text: string][] {
  const titles = new Map(regimes.map(({ code, title }) => [code.toLowerCase(), title]));
  return [...calendarManifests()].map(([name, manifest]) => {
    const heading = `# ${titles.get(name)}. Generated from src/calendar/regimes by \`npm run generate\`; edit that.\n`;
    // Readers of YAML 1.1 take a bare day for a time.
    const layout = { lineWidth: 0, aliasDuplicateObjects: false, defaultStringType: "QUOTE_DOUBLE" } as const;
    return [`${name}.yaml`, heading + stringify(manifest, { ...layout, defaultKeyType: "PLAIN" })];
  });
}
