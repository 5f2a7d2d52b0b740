/**
 * How a floor comes down. Going up is immediate; coming down is the dangerous moment: when a high floor
 * is dropped at once, an HPA whose own recommendation has long been low cuts everything in one sync.
 */

export interface ReleaseSettings {
  /** Share of the floor in force that one step may take away, in percent. */
  stepPercent: number;
  everyMs: number;
}

export interface FloorInForce {
  replicas: number;
  /** When it took this value; the next step waits `everyMs` from here. */
  since: number;
  /** How what it stands for may be given back. */
  release: "exact" | "stepped";
}

export interface ReleaseInput {
  now: number;
  inForce: FloorInForce;
  planned: { replicas: number; release: "exact" | "stepped" };
  /** Replicas that demand asks for now; undefined when it could not be read completely: then nothing is lowered. */
  demanded: number | undefined;
  /** False while part of the plan is unknown (calendar or history missing): then nothing is lowered. */
  planComplete: boolean;
  settings: ReleaseSettings;
}

export interface NextFloor {
  replicas: number;
  /** What keeps it above the plan; undefined when it is the plan. */
  held?: "Paused" | "PlanIncomplete" | "DemandUnknown" | "DemandAbove" | "Stepping";
  /** When to look again because of the release, ms since the epoch. */
  nextStepAt?: number;
}

/** The floor to hold now. */
export function nextFloor({ now, inForce, planned, demanded, planComplete, settings }: ReleaseInput): NextFloor {
  if (planned.replicas >= inForce.replicas) return { replicas: planned.replicas };
  if (!planComplete) return { replicas: inForce.replicas, held: "PlanIncomplete" };
  if (inForce.release === "exact") return { replicas: planned.replicas };
  if (demanded === undefined) return { replicas: inForce.replicas, held: "DemandUnknown" };
  if (demanded >= inForce.replicas) return { replicas: inForce.replicas, held: "DemandAbove" };
  const nextStepAt = inForce.since + settings.everyMs;
  if (now < nextStepAt) return { replicas: inForce.replicas, held: "Stepping", nextStepAt };
  // At least one replica goes with each step, or a small floor would never come down.
  const step = Math.max(1, Math.floor((inForce.replicas * settings.stepPercent) / 100));
  const replicas = Math.max(planned.replicas, inForce.replicas - step);
  return replicas > planned.replicas
    ? { replicas, held: "Stepping", nextStepAt: now + settings.everyMs }
    : { replicas };
}
