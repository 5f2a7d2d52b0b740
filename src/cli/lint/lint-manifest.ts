import { API_VERSION, GROUP, kinds, schemaOf } from "../../api/v1alpha1/crd.ts";
import { withDefaults } from "../../api/v1alpha1/defaults.ts";
import type { FilingCalendar } from "../../api/v1alpha1/filing-calendar.ts";
import type { InvoiceService } from "../../api/v1alpha1/invoice-service.ts";
import { invoiceServiceKind } from "../../api/v1alpha1/invoice-service.ts";
import type { KindDefinition } from "../../api/v1alpha1/kind.ts";
import { repairInvoiceService } from "../../api/v1alpha1/validate.ts";
import { readEvents } from "../../calendar/event.ts";
import { readSchedules } from "../../calendar/schedule.ts";
import { regimeOf, unknownRegime } from "../../calendar/regimes/regimes.ts";
import { windowsOf } from "../../calendar/windows.ts";
import { prewarmOf } from "../../operator/annotations.ts";
import type { Manifest } from "../manifests.ts";
import { kindOfManifest } from "./kind-of.ts";
import { metadataRefusals } from "./metadata.ts";
import type { Refusal } from "./refusal.ts";
import { ruleRefusals } from "./rules.ts";
import { isBlocking, schemaRefusals } from "./schema.ts";

export interface Linted {
  /** False for kinds that are not ours. */
  ours: boolean;
  /** What the API server refuses, or else what the operator cannot use although it is stored. */
  refusals: Refusal[];
  /** Rules that could not be evaluated. */
  unchecked: Refusal[];
}

/** Everything that can be said of a manifest without a cluster. `now` is for dates that lie ahead. */
export function lintManifest(manifest: Pick<Manifest, "object">, now: number): Linted {
  const kind = kindOfManifest(manifest);
  if (!kind) return { ours: false, refusals: unknownKind(manifest), unchecked: [] };
  const { refusals, unchecked } = lintObject(kind, manifest.object);
  if (refusals.length > 0) return { ours: true, refusals, unchecked };
  const stored = withDefaults(schemaOf(kind), manifest.object);
  const problems =
    kind === invoiceServiceKind
      ? serviceProblems(stored as InvoiceService)
      : calendarProblems(stored as FilingCalendar, now);
  return { ours: true, refusals: problems, unchecked };
}

/** What the API server would say to the object. */
export function lintObject(kind: KindDefinition, object: object): { refusals: Refusal[]; unchecked: Refusal[] } {
  const schema = schemaOf(kind);
  const stored = withDefaults(schema, object);
  const refusals = [
    ...metadataRefusals((object as { metadata?: unknown }).metadata),
    ...schemaRefusals(schema, stored),
  ];
  if (refusals.some(isBlocking)) return { refusals, unchecked: [] };
  const ruled = ruleRefusals(schema, stored);
  return { ...ruled, refusals: [...refusals, ...ruled.refusals] };
}

/** Of our group there is nothing but our kinds; whatever else is somebody else's business. */
function unknownKind({ object }: Pick<Manifest, "object">): Refusal[] {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== "string" || !apiVersion.startsWith(`${GROUP}/`)) return [];
  const known = kinds.map((one) => one.kind).join(" and ");
  const message = `there is no kind ${String(kind)} in ${apiVersion}: ${GROUP}/${API_VERSION} has ${known}`;
  return [{ field: apiVersion === `${GROUP}/${API_VERSION}` ? "kind" : "apiVersion", message }];
}

function serviceProblems({ metadata, spec }: InvoiceService): Refusal[] {
  const repaired = repairInvoiceService(spec);
  const { problem } = prewarmOf(metadata);
  return [
    ...repaired.problems,
    ...readSchedules(spec.scaling.schedules ?? []).problems,
    ...readEvents(spec.events ?? []).problems,
    ...(spec.calendars ?? []).flatMap(({ regime }, index) =>
      regime === undefined || regimeOf(regime)
        ? []
        : [{ field: `spec.calendars[${index}].regime`, message: unknownRegime(regime) }],
    ),
    ...(problem ? [problem] : []),
  ];
}

function calendarProblems({ metadata, spec }: FilingCalendar, now: number): Refusal[] {
  return windowsOf(spec, metadata.name, { from: now, to: now }).problems;
}
