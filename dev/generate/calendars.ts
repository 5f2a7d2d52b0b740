import { stringify } from "yaml";
import type { FilingCalendarManifest } from "../../src/api/v1alpha1/filing-calendar.ts";
import { regimes } from "../../src/calendar/regimes/regimes.ts";

/** Readers of YAML 1.1 take a bare day for a time. */
const LAYOUT = {
  lineWidth: 0,
  aliasDuplicateObjects: false,
  defaultStringType: "QUOTE_DOUBLE",
  defaultKeyType: "PLAIN",
} as const;

/**
 * Every regime as the FilingCalendar that says the same, in files by name (`cn.yaml`), for those who change a rule
 * without a release.
 */
export function calendarFiles(): [name: string, text: string][] {
  return regimes.map(({ code, title, spec }) => {
    const name = code.toLowerCase();
    const manifest: FilingCalendarManifest = {
      apiVersion: "invoiceops.dev/v1alpha1",
      kind: "FilingCalendar",
      metadata: { name },
      spec,
    };
    const heading = `# ${title}. Generated from src/calendar/regimes by \`npm run generate\`; edit that.\n`;
    return [`${name}.yaml`, heading + stringify(manifest, LAYOUT)];
  });
}
