import { parseDuration } from "./duration.ts";
import type { Problem } from "./fields.ts";
import type { InvoiceServiceSpec } from "./invoice-service.ts";

/**
 * What cannot be used of an InvoiceService although it is stored: the API server's rules hold for what is
 * written, and an object may be older than a rule. Time zones, cron and local times are checked by the calendar.
 */

/**
 * The spec with what cannot be used replaced by its default or left out, and a problem for each such value: one
 * never hides another. Without problems the spec is the very object that was given.
 */
export function repairInvoiceService(spec: InvoiceServiceSpec): { spec: InvoiceServiceSpec; problems: Problem[] } {
  const repair = new Repair();
  const usable: InvoiceServiceSpec = {
    ...spec,
    prometheus: {
      ...spec.prometheus,
      timeout: repair.duration("spec.prometheus.timeout", spec.prometheus.timeout, "5s", POSITIVE),
    },
    scaling: repairScaling(spec.scaling, repair),
    ...(spec.events && { events: repairEvents(spec.events, repair) }),
  };
  const { problems } = repair;
  return { spec: problems.length === 0 ? spec : usable, problems };
}

type Scaling = InvoiceServiceSpec["scaling"];
type Event = NonNullable<InvoiceServiceSpec["events"]>[number];

const POSITIVE = { positive: true };

function repairScaling(scaling: Scaling, repair: Repair): Scaling {
  const { stabilization, release, fallback, perReplica, ...rest } = scaling;
  const maxReplicas = repair.number("spec.scaling.maxReplicas", rest.maxReplicas, { from: 1 }, 1);
  // The most is the harder promise: it may stand for money or for a database's connections.
  const least = Math.max(1, Math.min(rest.minReplicas, maxReplicas)) || 1;
  const limits = { from: 1, to: maxReplicas };
  const minReplicas = repair.number("spec.scaling.minReplicas", rest.minReplicas, limits, least);
  return {
    ...rest,
    minReplicas,
    maxReplicas,
    ...(perReplica !== undefined && repair.optional("spec.scaling.perReplica", perReplica, { above: 0 }, "perReplica")),
    utilization: repair.number("spec.scaling.utilization", rest.utilization, { above: 0, to: 1 }, 0.7),
    expectedPeakFactor: repair.number("spec.scaling.expectedPeakFactor", rest.expectedPeakFactor, { from: 1 }, 3),
    tolerance: repair.number("spec.scaling.tolerance", rest.tolerance, { from: 0, to: 1 }, 0.1),
    stabilization: {
      up: repair.duration("spec.scaling.stabilization.up", stabilization.up, "0s"),
      down: repair.duration("spec.scaling.stabilization.down", stabilization.down, "300s"),
    },
    lead: rest.lead === "auto" ? rest.lead : repair.duration("spec.scaling.lead", rest.lead, "auto"),
    release: {
      grace: repair.duration("spec.scaling.release.grace", release.grace, "24h"),
      stepPercent: repair.number("spec.scaling.release.stepPercent", release.stepPercent, { from: 1, to: 100 }, 20),
      every: repair.duration("spec.scaling.release.every", release.every, "10m", POSITIVE),
    },
    fallback: {
      afterFailures: repair.number("spec.scaling.fallback.afterFailures", fallback.afterFailures, { from: 1 }, 3),
      ...(fallback.replicas !== undefined &&
        repair.optional(
          "spec.scaling.fallback.replicas",
          fallback.replicas,
          // A minimum that was refused itself refuses nothing else.
          { from: minReplicas === rest.minReplicas ? minReplicas : 1, to: maxReplicas },
          "replicas",
        )),
    },
  };
}

/** Events that say what to do, and only one thing. */
function repairEvents(events: readonly Event[], repair: Repair): Event[] {
  return events.filter(({ name, expectedPeakFactor, replicas }) => {
    if ((expectedPeakFactor === undefined) !== (replicas === undefined)) return true;
    const [value, fix] = replicas === undefined ? ["neither", "give one of them"] : ["both", "remove one of them"];
    repair.refuse(
      `spec.events[${name}]`,
      value,
      `has ${value} expectedPeakFactor ${value === "both" ? "and" : "nor"} replicas: ${fix}`,
    );
    return false;
  });
}

interface Range {
  from?: number;
  /** A lower bound that is itself excluded. */
  above?: number;
  to?: number;
}

/** Collects problems while values pass through. */
class Repair {
  readonly problems: Problem[] = [];

  refuse(field: string, value: unknown, message: string): void {
    this.problems.push({ field, value: String(value), message });
  }

  /** The text if it is a duration, else `otherwise`. */
  duration(field: string, text: string, otherwise: string, { positive = false } = {}): string {
    try {
      if (parseDuration(text) > 0 || !positive) return text;
      this.refuse(field, text, `"${text}" must be longer than zero: write a duration such as ${otherwise}`);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.refuse(field, text, error.message);
    }
    return otherwise;
  }

  /** The number if it lies in the range, else `otherwise`. */
  number(field: string, value: number, range: Range, otherwise: number): number {
    const { from = -Infinity, above = -Infinity, to = Infinity } = range;
    if (Number.isFinite(value) && value >= from && value > above && value <= to) return value;
    this.refuse(field, value, `${value} is out of range: give ${describe(range)}`);
    return otherwise;
  }

  /** The number under its name if it lies in the range, else nothing. */
  optional<N extends string>(field: string, value: number, range: Range, name: N): { [K in N]?: number } {
    const usable = this.number(field, value, range, Number.NaN);
    return (Number.isNaN(usable) ? {} : { [name]: usable }) as { [K in N]?: number };
  }
}

function describe({ from, above, to }: Range): string {
  const lower = above === undefined ? `${from} or more` : `a number above ${above}`;
  return to === undefined ? lower : `${lower}, and at most ${to}`;
}
