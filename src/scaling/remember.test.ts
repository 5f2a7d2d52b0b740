import { describe, expect, test } from "vitest";
import { LiveField } from "../../test/support/live-field.ts";
import { missing, MINUTE, S0, value, World } from "../../test/support/scaling-world.ts";
import type { InvoiceServiceStatus } from "../api/v1alpha1/invoice-service.ts";
import { decide, type Decision, type Observed } from "./decide.ts";
import type { PlanSource } from "./plan.ts";
import { initialReactiveState } from "./reactive.ts";
import { restore, statusOf } from "./remember.ts";
import type { Target } from "./target.ts";

type ScalingStatus = NonNullable<InvoiceServiceStatus["scaling"]>;

const now = Date.parse("2027-01-12T08:00:00Z");

/** A source that needs so many replicas from `from` on. */
const needs = (
  replicas: number,
  { reason = "event sale", from = -Infinity }: { reason?: string; from?: number } = {},
): PlanSource => ({
  reason,
  release: "exact",
  need: (_, to) => (to >= from ? replicas : 0),
  boundaries: (start, end) => (from >= start && from <= end ? [from] : []),
});

const observed = (changes: Partial<Observed> = {}): Observed => ({
  now,
  generation: 1,
  settings: S0,
  sources: [],
  planComplete: true,
  leadMs: 600_000,
  horizonMs: 7 * 86_400_000,
  target: new LiveField("HorizontalPodAutoscaler", 2).target(),
  workload: { replicas: 3, ready: 2 },
  ...changes,
});

function look(changes: Partial<Observed> = {}, before?: ScalingStatus): { decision: Decision; status: ScalingStatus } {
  const seen = observed(changes);
  const decision = decide(seen, restore(before, now));
  return { decision, status: statusOf(seen, decision) };
}

describe("the status", () => {
  test("says what is so", () => {
    const from = now + 3_600_000;
    expect(look({ sources: [needs(5, { from })] }).status).toEqual({
      owner: "HorizontalPodAutoscaler/vat-api",
      base: 2,
      floor: 2,
      floorSince: "2027-01-12T08:00:00Z",
      floorReason: "base",
      current: 3,
      ready: 2,
      leadSeconds: 600,
      plan: [{ from: "2027-01-12T08:50:00Z", replicas: 5, reason: "event sale" }],
    });
  });

  test("says what the count is to be where that is ours to set", () => {
    const target: Target = new LiveField("Scale", 3).target();
    const { status } = look({ target, signals: [{ name: "demand", reading: value(700), perReplica: 100 }] });
    expect(status).toMatchObject({ owner: "Deployment/vat-api", desired: 7 });
    expect(status).not.toHaveProperty("base");
  });

  test("has neither owner nor base where no field could be chosen", () => {
    const { status } = look({ target: { reason: "WorkloadNotFound", message: "it does not exist" } });
    expect(status).not.toHaveProperty("owner");
    expect(status).not.toHaveProperty("base");
    expect(status).toMatchObject({ floor: 2 });
  });

  test("says what the coming peak needs beyond a limit", () => {
    expect(look({ sources: [needs(64)] }).status.shortfall).toEqual({
      needed: 64,
      limit: 20,
      limitedBy: "spec.scaling.maxReplicas",
    });
  });

  test("is the same from look to look while nothing happens", () => {
    const sources = [needs(5, { from: now + 3_600_000 })];
    const first = look({ sources });
    const later = decide(observed({ sources, now: now + 30_000 }), first.decision.memory);
    expect(statusOf(observed({ sources, now: now + 30_000 }), later)).toEqual(first.status);
  });

  test("keeps within the schema, whatever the names and the demand", () => {
    const reason = `window ${"c".repeat(253)} ${"p".repeat(63)}`;
    const { status } = look({
      sources: [needs(2 ** 31 - 1, { reason })],
      quota: { replicas: 1, limitedBy: `${"q".repeat(253)} requests.cpu` },
    });
    const texts = [status.floorReason, status.shortfall?.limitedBy, ...(status.plan ?? []).map((step) => step.reason)];
    for (const text of texts) expect(text?.length ?? 0).toBeLessThanOrEqual(253);
    expect(status.floorReason).toMatch(/^window c+…$/);
  });
});

describe("what a new process remembers", () => {
  const before: ScalingStatus = {
    floor: 9,
    floorSince: "2027-01-12T07:55:00Z",
    floorReason: "window vat 2027-01",
    contest: { manager: "argocd-controller", since: "2027-01-12T07:00:00Z", generation: 3, cause: "Applied" },
  };

  test("is the floor that was in force, since when and for what, who contests it, whose manifest it stands in", () => {
    const declared = { manager: "helm", since: "2027-01-12T07:00:00Z", cause: "Applied" } as const;
    expect(restore({ ...before, declared }, now)).toEqual({
      reactive: initialReactiveState,
      inForce: { replicas: 9, since: now - 5 * MINUTE, reason: "window vat 2027-01", release: "stepped" },
      floor: {
        resets: [],
        contest: { manager: "argocd-controller", since: now - 60 * MINUTE, generation: 3, cause: "Applied" },
        declared: { manager: "helm", since: now - 60 * MINUTE, cause: "Applied" },
      },
    });
  });

  test("is that Helm's next upgrade takes the field back", () => {
    const target = new LiveField("Scale", 2, { owner: { manager: "helm", operation: "Update" } }).target();
    const { status } = look({ target, sources: [needs(5)] });
    expect(status.declared).toEqual({ manager: "helm", since: "2027-01-12T08:00:00Z", cause: "Updated" });
    const ours = new LiveField("Scale", 5, { owner: { manager: "invoiceops", operation: "Update" } }).target();
    const later = look({ target: ours, sources: [needs(5)] }, status);
    expect(later.decision.field).toMatchObject({ reason: "DeclaredElsewhere" });
    expect(later.status.declared).toEqual(status.declared);
  });

  test.each([
    ["base", "exact"],
    ["schedule office", "exact"],
    ["window vat 2027-01", "stepped"],
    ["event sale", "stepped"],
    ["found in force", "stepped"],
  ])("lets a floor for %j go %s", (floorReason, release) => {
    expect(restore({ ...before, floorReason }, now).inForce).toMatchObject({ release });
  });

  test.each([undefined, "yesterday"])(
    "counts the wait before the next step from now when the status says %j",
    (floorSince) => {
      const { floorSince: _, ...status } = before;
      expect(restore({ ...status, ...(floorSince === undefined ? {} : { floorSince }) }, now).inForce?.since).toBe(now);
    },
  );

  test("is nothing without a status", () => {
    expect(restore(undefined, now)).toEqual({ reactive: initialReactiveState, floor: { resets: [] } });
  });

  test("survives the way through the status unchanged", () => {
    const { status } = look({ sources: [needs(9)] });
    const { decision } = look({ sources: [needs(9)] }, status);
    expect(decision.floor).toMatchObject({ replicas: 9, since: now, reason: "event sale" });
  });

  test("holds a window's floor while Prometheus is down and its plan cannot be known", () => {
    const world = new World(new LiveField("HorizontalPodAutoscaler", 2), now);
    const { contest: _, ...status } = before;
    world.memory = restore(status, now);
    world.observed = { planComplete: false };
    for (let minute = 0; minute < 120; minute += 1) expect(world.look(MINUTE, missing).floor.replicas).toBe(9);
    expect(world.field.value).toBe(9);
  });
});
