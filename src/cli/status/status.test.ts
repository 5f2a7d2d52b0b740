import { describe, expect, test } from "vitest";
import type { Condition } from "../../api/v1alpha1/conditions.ts";
import type { InvoiceService, InvoiceServiceStatus } from "../../api/v1alpha1/invoice-service.ts";
import { invoiceService } from "../../../test/support/billing.ts";
import { paintFor } from "../paint.ts";
import { screen } from "./screen.ts";
import { statusView, type Awaited, type StatusView } from "./view.ts";

const NOW = Date.parse("2026-11-12T09:00:00Z");
const plain = paintFor(false, {});

const condition = (type: string, status: Condition["status"], reason: string, message: string): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: "2026-11-12T07:00:00Z",
  observedGeneration: 3,
});

const ready = condition("Ready", "True", "AllPartsReady", "all parts do their work");

/** A service within its window, as the operator reports it; defaults as the API server puts them in. */
function stored(values: Partial<InvoiceServiceStatus> = {}, annotations?: Record<string, string>): InvoiceService {
  const { spec } = invoiceService({ name: "vat", mode: "Auto", calendars: [{ name: "vat-cn" }] });
  const scaling = { ...spec.scaling, release: { grace: "24h", stepPercent: 20, every: "10m" }, expectedPeakFactor: 3 };
  return {
    metadata: { name: "vat", namespace: "billing", generation: 3, ...(annotations ? { annotations } : {}) },
    spec: { ...spec, prometheus: { timeout: "5s" }, scaling },
    status: {
      observedGeneration: 3,
      phase: "Healthy",
      conditions: [
        ready,
        condition("Degraded", "False", "None", "nothing is wrong"),
        condition("MetricsAvailable", "True", "Available", "every query gave one clean number"),
        condition("FloorApplied", "True", "Applied", "spec.minReplicas of HorizontalPodAutoscaler/vat-api is 12"),
      ],
      window: {
        calendar: "vat-cn",
        opens: "2026-10-31T16:00:00Z",
        deadline: "2026-11-15T16:00:00Z",
        grade: "Published",
        inForce: true,
      },
      scaling: {
        owner: "HorizontalPodAutoscaler/vat-api",
        base: 4,
        floor: 12,
        floorSince: "2026-11-12T07:00:00Z",
        floorReason: "window vat-cn 2026-11",
        current: 13,
        ready: 12,
        leadSeconds: 150,
        forecast: { peak: 1400, peakAt: "2026-11-15T08:00:00Z" },
        plan: [
          { from: "2026-11-12T08:00:00Z", replicas: 12, reason: "window vat-cn 2026-11" },
          { from: "2026-11-15T06:00:00Z", replicas: 20, reason: "window vat-cn 2026-11" },
        ],
      },
      ...values,
    },
  };
}

const view = (service: InvoiceService): StatusView => statusView(service, NOW, () => "Asia/Shanghai");

test("a screen has everything, in the calendar's zone, and what time is left", () => {
  expect(screen(view(stored()), { now: NOW, paint: plain }).split("\n")).toEqual([
    "billing/vat  ready, Healthy",
    "Deployment/vat-api, mode Auto",
    "all parts do their work",
    "",
    "Window               vat-cn: open, 3 d 7 h to the deadline",
    "  opens              2026-11-01 00:00 Asia/Shanghai (11 d 17 h ago)",
    "  deadline           2026-11-16 00:00 Asia/Shanghai (in 3 d 7 h), published",
    "  floor is held      until 2026-11-17 00:00 Asia/Shanghai (in 4 d 7 h)",
    "Demand               every query gave one clean number",
    "  expected peak      1400 requests/s, 2026-11-15 16:00 Asia/Shanghai (in 2 d 23 h)",
    "Floor                12 replicas, for window vat-cn 2026-11, since 2026-11-12 15:00 Asia/Shanghai (2 h ago)",
    "  owner              HorizontalPodAutoscaler/vat-api, its own minimum is 4",
    "  written            Applied: spec.minReplicas of HorizontalPodAutoscaler/vat-api is 12",
    "  out of Git         safe to leave spec.minReplicas out: no, the 4 that it has of its own goes too: set spec.scaling.minReplicas, which is 2, to that first",
    "Replicas             12 of 13 ready; 2 to 20 are allowed",
    "  lead time          2 min 30 s",
    "Next steps           2026-11-15 14:00 Asia/Shanghai (in 2 d 21 h): 20 for window vat-cn 2026-11",
    "Certificates         not configured",
    "Connection limits    not configured",
    "Dependencies         not configured",
    "Incidents            not configured",
    "Conditions",
    "  Ready              True for 2 h, AllPartsReady: all parts do their work",
    "  Degraded           False for 2 h, None: nothing is wrong",
    "  MetricsAvailable   True for 2 h, Available: every query gave one clean number",
    "  FloorApplied       True for 2 h, Applied: spec.minReplicas of HorizontalPodAutoscaler/vat-api is 12",
    "Waits for            2026-11-15T06:00:00Z: 20 replicas for window vat-cn 2026-11",
    "",
  ]);
});

test("an object that the operator has not seen has a screen too", () => {
  const service = { ...stored(), status: { observedGeneration: -1 } };
  const text = screen(view(service), { now: NOW, paint: plain });
  expect(text).toMatch(/^billing\/vat {2}not ready, not yet seen\n/);
  expect(text).toMatch(
    /\nWindow +none is known\nDemand +not read yet\nFloor +not decided yet\nReplicas +not known; 2 to 20 are allowed\nNext steps +none in sight\n/,
  );
});

test("no line is wider than the terminal, and what goes on is set under what it belongs to", () => {
  const lines = screen(view(stored()), { now: NOW, paint: plain, columns: 60 }).split("\n");
  expect(Math.max(...lines.slice(4).map((line) => line.length))).toBeLessThanOrEqual(60);
  const at = lines.findIndex((line) => line.startsWith("  written"));
  expect(lines.slice(at, at + 2)).toEqual([
    "  written            Applied: spec.minReplicas of",
    "                     HorizontalPodAutoscaler/vat-api is 12",
  ]);
});

test("at a terminal what is bad is red, and what is good is not", () => {
  const paint = paintFor(true, {});
  const degraded = condition("Degraded", "True", "PeakMissed", "12 replicas are needed now, 4 are ready");
  const conditions = [condition("Ready", "True", "AllPartsReady", "fine"), degraded];
  const text = screen(view(stored({ conditions })), { now: NOW, paint });
  expect(text).toContain(paint.bad("True for 2 h, PeakMissed: 12 replicas are needed now, 4 are ready"));
  expect(text).not.toContain(paint.bad("True for 2 h, AllPartsReady: fine"));
});

describe("it is ready", () => {
  test.each<[string, Partial<InvoiceServiceStatus>, boolean]>([
    ["when the operator says so", {}, true],
    ["not while the operator has not seen this generation", { observedGeneration: 2 }, false],
    ["not without a condition", { conditions: [] }, false],
    ["not when Ready is False", { conditions: [{ ...ready, status: "False" }] }, false],
  ])("%s", (_, values, expected) => {
    expect(view(stored(values)).ready).toBe(expected);
  });
});

describe("it waits for", () => {
  const stalled = condition("Stalled", "True", "WorkloadNotFound", "create it");
  const degraded = condition("Degraded", "True", "FloorContested", "take it out of Git");
  const reconciling = condition("Reconciling", "True", "Starting", "the history is being read");
  const none = { plan: [], current: 2, ready: 2 };

  test.each<[string, InvoiceService, Awaited]>([
    [
      "the operator, before anything else",
      stored({ observedGeneration: 2, conditions: [stalled] }),
      { whom: "operator", message: "the operator to look at it; `check` tells whether one runs" },
    ],
    [
      "somebody, where an edit is needed",
      stored({ conditions: [ready, reconciling, degraded, stalled] }),
      { whom: "you", message: "create it" },
    ],
    [
      "somebody, where it is degraded",
      stored({ conditions: [reconciling, degraded] }),
      { whom: "you", message: "take it out of Git" },
    ],
    [
      "what settles by itself",
      stored({ conditions: [reconciling] }),
      { whom: "operator", message: "the history is being read" },
    ],
    [
      "what settles, and the part that fails beside it",
      stored({ conditions: [{ ...ready, status: "False", message: "demand cannot be read" }, reconciling] }),
      { whom: "operator", message: "the history is being read; demand cannot be read" },
    ],
    [
      "the end of a pause",
      stored({}, { "invoiceops.dev/paused": "2026-11-12T10:00:00Z" }),
      { whom: "time", message: "the end of the pause: 2026-11-12T10:00:00Z, or resume" },
    ],
    [
      "whoever paused it without an end",
      stored({}, { "invoiceops.dev/paused": "true" }),
      { whom: "you", message: "the end of the pause: resume" },
    ],
    [
      "the next step of the plan, when a pause is over",
      stored({}, { "invoiceops.dev/paused": "2026-11-12T08:00:00Z" }),
      { whom: "time", message: "2026-11-15T06:00:00Z: 20 replicas for window vat-cn 2026-11" },
    ],
    ["nothing, when no step is in sight", stored({ scaling: none }), { whom: "nobody", message: "nothing" }],
  ])("%s", (_, service, awaited) => {
    expect(view(service).waitsFor).toEqual(awaited);
  });
});

test("a window that opens later counts down to its opening", () => {
  const window = {
    calendar: "vat-cn",
    opens: "2026-11-13T10:00:00Z",
    deadline: "2026-11-15T16:00:00Z",
    grade: "Computed" as const,
    inForce: false,
  };
  expect(view(stored({ window })).window).toMatchObject({ inForce: false, secondsToGo: 25 * 3600 });
  expect(screen(view(stored({ window })), { now: NOW, paint: plain })).toContain(
    "Window               vat-cn: opens in 1 d 1 h\n",
  );
});

test("a contest, a prewarm, a shortfall and a pause are on the screen", () => {
  const service = stored(
    {
      scaling: {
        floor: 12,
        contest: { manager: "argocd-controller", since: "2026-11-12T08:00:00Z", generation: 3, cause: "Resets" },
        shortfall: { needed: 64, limit: 20, limitedBy: "spec.scaling.maxReplicas" },
      },
    },
    { "invoiceops.dev/prewarm": "24 until 2026-11-12T11:00:00Z", "invoiceops.dev/paused": "true" },
  );
  const text = screen(statusView(service, NOW), { now: NOW, paint: plain });
  expect(text).toContain("\nDeployment/vat-api, mode Auto, paused\n");
  expect(text).toContain("\n  contested          by argocd-controller, since 2026-11-12 08:00 UTC (1 h ago)\n");
  expect(text).toContain("\n  prewarm            24 replicas until 2026-11-12 11:00 UTC (in 2 h)\n");
  expect(text).toContain("\n  shortfall          the peak needs 64, spec.scaling.maxReplicas allows 20\n");
});

test("an annotation that cannot be read, and a spec older than a rule, still have a screen", () => {
  const service = stored({}, { "invoiceops.dev/prewarm": "many" });
  const odd = {
    ...service,
    spec: {
      ...service.spec,
      scaling: { ...service.spec.scaling, release: { grace: "soon", stepPercent: 20, every: "10m" } },
    },
  };
  expect(view(odd).window?.heldUntil).toBe("2026-11-16T16:00:00Z");
});
