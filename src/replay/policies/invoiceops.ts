import type { InvoiceService } from "../../api/v1alpha1/invoice-service.ts";
import type { CalendarView } from "../../operator/calendars.ts";
import type { Reading } from "../../prometheus/reading.ts";
import { decide, type Decision, type ScalingMemory } from "../../scaling/decide.ts";
import { afterWrite } from "../../scaling/floor.ts";
import { leadOf } from "../../scaling/lead.ts";
import { initialReactiveState, type SignalReading } from "../../scaling/reactive.ts";
import { scalingSettings, userLeadMs } from "../../scaling/settings.ts";
import { Planner, type Prepared } from "../planner.ts";
import type { Look, Policy } from "../policy.ts";
import { RaisedMinimum } from "../raised-minimum.ts";

/** The operator itself: its forecast, its plan, its decision and its release, on the replayed HPA. */

const DAY_MS = 86_400_000;
/** A shortfall is judged 72 h ahead. The operator looks further, which changes no count and takes most of the time. */
const HORIZON_MS = 4 * DAY_MS;

export interface Replayed {
  /** The spec that is replayed, defaults filled in. */
  service: InvoiceService;
  /** The service's calendars as they are known at a moment. */
  viewsAt: (now: number) => readonly CalendarView[];
  /** How often the forecast is made anew, ms; a day unless told otherwise. */
  learnEveryMs?: number;
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

export function invoiceops({ service, viewsAt, learnEveryMs = DAY_MS, onLook }: Replayed): Policy {
  return {
    name: "invoiceops",
    begin({ past, workload }) {
      const planner = new Planner(service, viewsAt);
      const field = new RaisedMinimum(workload.minReplicas, workload.maxReplicas);
      const settings = scalingSettings(service.spec);
      const userLead = userLeadMs(service.spec);
      let memory: ScalingMemory = { reactive: initialReactiveState, floor: { resets: [] } };
      let kept: { prepared: Prepared; views: readonly CalendarView[]; until: number } | undefined;
      let written = field.value;

      const preparedAt = (now: number): Prepared => {
        const views = viewsAt(now);
        if (!kept || now >= kept.until || kept.views !== views) {
          kept = { prepared: planner.prepare(past), views, until: now + learnEveryMs };
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
            leadMs: leadOf(look.starts, userLead).ms,
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
