import type { InvoiceService } from "../../api/v1alpha1/invoice-service.ts";
import type { CalendarView } from "../../operator/calendars.ts";
import type { Reading } from "../../prometheus/reading.ts";
import { decide, type Decision, type ScalingMemory } from "../../scaling/decide.ts";
import { afterWrite } from "../../scaling/floor.ts";
import { leadOf, type PodStart } from "../../scaling/lead.ts";
import { initialReactiveState, type SignalReading } from "../../scaling/reactive.ts";
import { scalingSettings, userLeadMs } from "../../scaling/settings.ts";
import { Planner, type Prepared } from "../planner.ts";
import type { Look, Policy } from "../policy.ts";
import { RaisedMinimum } from "../raised-minimum.ts";

/** The operator itself: its forecast, its plan, its decision and its release, on the replayed HPA. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How often is learnt. The operator does it each hour in a window and every six outside, which would take hours here. */
const IN_FORCE_MS = 6 * HOUR_MS;
const QUIET_MS = DAY_MS;
/** A shortfall is judged 72 h ahead. The operator looks further, which changes no count and takes most of the time. */
const HORIZON_MS = 4 * DAY_MS;

export interface Replayed {
  /** The spec that is replayed, defaults filled in. */
  service: InvoiceService;
  /** The service's calendars as they are known at a moment. */
  viewsAt: (now: number) => readonly CalendarView[];
  /** What is planned with at a moment; a planner of its own unless several replays share one. */
  prepare?: Planner["prepare"];
  /** Told of each look. */
  onLook?: (looked: Looked) => void;
}

export interface Looked {
  now: number;
  decision: Decision;
  prepared: Prepared;
  /** Somebody else's value stood where ours was written, or the writing had to stop. */
  fought: boolean;
}

export function invoiceops({ service, viewsAt, prepare, onLook }: Replayed): Policy {
  return {
    name: "invoiceops",
    begin({ past, workload }) {
      const own = new Planner(service);
      const preparing = prepare ?? ((...input) => own.prepare(...input));
      const field = new RaisedMinimum(workload.minReplicas, workload.maxReplicas);
      const settings = scalingSettings(service.spec);
      const userLead = userLeadMs(service.spec);
      const leadMs = measuredLead(userLead);
      let memory: ScalingMemory = { reactive: initialReactiveState, floor: { resets: [] } };
      let kept: { prepared: Prepared; views: readonly CalendarView[]; until: number } | undefined;
      let written = field.value;

      const preparedAt = (now: number): Prepared => {
        const views = viewsAt(now);
        if (!kept || now >= kept.until || kept.views !== views) {
          const prepared = preparing(past, views);
          kept = { prepared, views, until: now + (prepared.inForce ? IN_FORCE_MS : QUIET_MS) };
        }
        return kept.prepared;
      };
      return {
        look(look) {
          const { now } = look;
          const prepared = preparedAt(now);
          const observed = {
            now,
            generation: 1,
            settings,
            signals: [signalOf(look, workload.perReplica * workload.utilization)],
            sources: prepared.sources,
            planComplete: prepared.complete,
            leadMs: leadMs(look.starts),
            leadFixed: userLead !== undefined,
            horizonMs: HORIZON_MS,
            target: field.target(),
            workload: { replicas: look.replicas, ready: look.ready },
          };
          const fought = field.value !== written;
          const decision = decide(observed, memory);
          memory = decision.memory;
          if (decision.field?.write) {
            const object = field.write(decision.field.write);
            memory = { ...memory, floor: afterWrite(decision.field, observed, object) };
          }
          written = field.value;
          onLook?.({ now, decision, prepared, fought: fought || decision.field?.reason === "Contested" });
          return { floor: field.value };
        },
      };
    },
  };
}

function signalOf({ demand, now }: Look, perReplica: number): SignalReading {
  const reading: Reading =
    demand === undefined
      ? { ok: false, reason: "Unavailable", message: "nothing was measured" }
      : { ok: true, value: demand, at: now };
  return { name: "demand", reading, perReplica };
}

/** Worked out again when one more pod has started: it is asked for twice a minute. */
function measuredLead(userMs: number | undefined): (starts: readonly PodStart[]) => number {
  let kept: { last: PodStart | undefined; ms: number } | undefined;
  return (starts) => {
    const last = starts.at(-1);
    if (!kept || kept.last !== last) kept = { last, ms: leadOf(starts, userMs).ms };
    return kept.ms;
  };
}
