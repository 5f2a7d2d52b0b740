import { schemaOf } from "../api/v1alpha1/crd.ts";
import { withDefaults } from "../api/v1alpha1/defaults.ts";
import { filingCalendarKind, type FilingCalendar } from "../api/v1alpha1/filing-calendar.ts";
import { kindOfManifest } from "./lint/kind-of.ts";
import { schemaRefusals } from "./lint/schema.ts";
import type { Manifest, Unreadable } from "./manifests.ts";

/** A FilingCalendar of a file or of the cluster. */
export type Calendar = Pick<FilingCalendar, "metadata" | "spec">;

/**
 * The FilingCalendars among the manifests, with the schema's defaults. One that does not fit the schema is none of
 * them, and `refused` has a line for each thing that keeps it out, and for each document that cannot be read.
 */
export function calendarsIn({
  manifests,
  unreadable,
}: {
  manifests: readonly Manifest[];
  unreadable: readonly Unreadable[];
}): { calendars: Calendar[]; refused: string[] } {
  const schema = schemaOf(filingCalendarKind);
  const calendars: Calendar[] = [];
  const refused = unreadable.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  for (const manifest of manifests.filter((one) => kindOfManifest(one) === filingCalendarKind)) {
    const stored = withDefaults(schema, manifest.object);
    const refusals = schemaRefusals(schema, stored);
    if (refusals.length === 0) calendars.push(stored as FilingCalendar);
    refused.push(
      ...refusals.map(({ field, message }) => `${manifest.file}:${manifest.lineOf(field)}: ${field}: ${message}`),
    );
  }
  return { calendars, refused };
}
