import type { Window } from "../calendar/window.ts";
import type { PodStart } from "../scaling/lead.ts";
import type { Past } from "./past.ts";
import type { Workload } from "./simulate.ts";

/** What decides how many pods there are, beside or instead of an HPA: all of one shape, so that one replay fits them all. */
export interface Policy {
  readonly name: string;
  /** Everything before `past.now` may be learnt from. */
  begin(ground: Ground): PolicyRun;
}

/** Where a policy works. */
export interface Ground {
  past: Past;
  workload: Workload;
  /** The windows as they are known at a moment: an extension only from its announcement on. */
  windowsAt: (now: number) => readonly Window[];
}

interface PolicyRun {
  /** Called at each of its looks, with the past up to `now`. */
  look(look: Look): Want;
}

export interface Look {
  now: number;
  /** Pods asked for, and those that are ready. */
  replicas: number;
  ready: number;
  /** Requests/s as the metric shows them, a little late; undefined where it cannot be read. */
  demand: number | undefined;
  starts: readonly PodStart[];
}

/** What is wanted until the next look. */
export interface Want {
  /** The HPA's minReplicas; absent: the workload's own. */
  floor?: number;
  /** One more metric of the HPA, in replicas: what KEDA's cron and forecasts as metrics are. */
  metric?: number;
}
