import { parseDuration } from "../api/v1alpha1/duration.ts";
import type { InvoiceServiceSpec } from "../api/v1alpha1/invoice-service.ts";
import type { ScalingSettings } from "./decide.ts";

/** Worked out once for each spec object: it is asked for at each look. */
const known = new WeakMap<InvoiceServiceSpec, ScalingSettings>();

/** The scaling section as the decision wants it: milliseconds, and no defaults left open. */
export function scalingSettings(spec: InvoiceServiceSpec): ScalingSettings {
  const settings = known.get(spec) ?? settingsOf(spec);
  known.set(spec, settings);
  return settings;
}

function settingsOf({ scaling }: InvoiceServiceSpec): ScalingSettings {
  const { fallback, release, stabilization } = scaling;
  return {
    minReplicas: scaling.minReplicas,
    maxReplicas: scaling.maxReplicas,
    tolerance: scaling.tolerance,
    stabilizationUpMs: parseDuration(stabilization.up),
    stabilizationDownMs: parseDuration(stabilization.down),
    ...(fallback.replicas === undefined
      ? {}
      : { fallback: { afterFailures: fallback.afterFailures, replicas: fallback.replicas } }),
    stepPercent: release.stepPercent,
    everyMs: parseDuration(release.every),
    takeOver: scaling.takeOver,
  };
}

/** The user's own lead time in ms; undefined for `auto`. */
export function userLeadMs({ scaling }: InvoiceServiceSpec): number | undefined {
  return scaling.lead === "auto" ? undefined : parseDuration(scaling.lead);
}
