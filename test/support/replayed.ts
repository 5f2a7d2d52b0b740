import { schemaOf } from "../../src/api/v1alpha1/crd.ts";
import { withDefaults } from "../../src/api/v1alpha1/defaults.ts";
import { invoiceServiceKind, type InvoiceService } from "../../src/api/v1alpha1/invoice-service.ts";
import type { CalendarView } from "../../src/operator/calendars.ts";
import { DEFAULT_HPA } from "../../src/replay/hpa.ts";
import type { Scene, World } from "../../src/replay/simulate.ts";

/** A small load with filing windows, and a world to play it in. */

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.parse("2027-01-04T00:00:00Z");
const STEP = 5 * MINUTE;

export const world = (over: Partial<World> = {}): World => ({
  workload: { perReplica: 10, utilization: 0.7, minReplicas: 2, maxReplicas: 1_000, expectedPeakFactor: 5 },
  hpa: DEFAULT_HPA,
  times: { podMedianMs: 45_000, podP95Ms: 180_000, nodeLeadMs: 3 * MINUTE },
  metricLagMs: 45_000,
  outages: [],
  ...over,
});

/** Windows of four days every ten days, the first from the ninth day on. */
const view: CalendarView = {
  name: "filing",
  zone: "UTC",
  windows: [0, 1, 2].map((index) => {
    const opens = START + (8 + 10 * index) * DAY;
    return { calendar: "filing", name: `w${index}`, opens, deadline: opens + 4 * DAY, grade: "Published" };
  }),
  problems: [],
};

const views = [view];
export const viewsAt = (): readonly CalendarView[] => views;

/** Five weeks, five minutes a sample: days and nights, and five times as much before deadlines. */
export function filingLoad(): Scene["trace"] {
  const load = Float64Array.from({ length: (35 * DAY) / STEP }, (_, index) => {
    const at = START + index * STEP;
    const window = view.windows.find(({ opens, deadline }) => at >= opens && at < deadline);
    const factor = window ? 1 + 4 / ((window.deadline - at) / DAY + 1) ** 1.3 : 1;
    return (60 - 50 * Math.cos((2 * Math.PI * (at % DAY)) / DAY)) * factor;
  });
  return { start: START, stepMs: STEP, load };
}

/** From a day before the last window to its deadline. */
export function sceneOf(trace = filingLoad()): Scene {
  const { opens, deadline } = view.windows[2]!;
  return { trace, from: opens - DAY, to: deadline, windowsAt: () => view.windows };
}

/** The service that is replayed in this world; `calendar` names what it follows. */
export function replayedService({ workload }: World, calendar = "filing"): InvoiceService {
  const { perReplica, utilization, minReplicas, maxReplicas, expectedPeakFactor } = workload;
  return withDefaults(schemaOf(invoiceServiceKind), {
    apiVersion: "invoiceops.dev/v1alpha1",
    kind: "InvoiceService",
    metadata: { name: "vat", namespace: "billing" },
    spec: {
      workload: { apiVersion: "apps/v1", kind: "Deployment", name: "vat-api" },
      demand: { query: "load" },
      calendars: [{ name: calendar }],
      scaling: { perReplica, utilization, minReplicas, maxReplicas, expectedPeakFactor },
    },
  }) as InvoiceService;
}
