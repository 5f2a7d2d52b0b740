import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Looks } from "../../test/support/floor-looks.ts";
import { LiveField } from "../../test/support/live-field.ts";
import { BASE_ANNOTATION, type FloorDecision } from "./floor.ts";

const MINUTE = 60_000;

type Move =
  | { do: "update" | "apply"; manager: string; to: number }
  | { do: "client-side apply" | "plan"; to: number }
  | { do: "look"; seconds: number }
  | { do: "restart" | "edit the spec" | "ask for a retry" | "leave it out of the manifest" };

const kind = fc.constantFrom("HorizontalPodAutoscaler" as const, "ScaledObject" as const, "Scale" as const);
const to = fc.integer({ min: 1, max: 20 });
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("update" as const, "update" as const, "apply" as const),
      manager: fc.constantFrom("argocd-controller", "helm", "kubectl-edit"),
      to,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("client-side apply" as const, "plan" as const), to }) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 900 }).map((seconds): Move => ({ do: "look", seconds })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Move>(
      { do: "restart" },
      { do: "edit the spec" },
      { do: "ask for a retry" },
      { do: "leave it out of the manifest" },
    ),
  },
);

/** Those of the moments that are one of more than `count` in ten minutes. */
function crowded(moments: readonly number[], count: number): number[] {
  return moments.filter((at, index) => at - (moments[index - count] ?? -Infinity) < 10 * MINUTE);
}

/** Plays the moves, and returns the decisions that were made after a contest had begun and before the user acted. */
function afterContest(looks: Looks, moves: readonly Move[]): FloorDecision[] {
  const decisions: FloorDecision[] = [];
  let contested = false;
  for (const move of moves) {
    looks.now += 1;
    if (move.do === "update") looks.field.update(move.manager, move.to);
    if (move.do === "apply") looks.field.apply(move.manager, move.to);
    if (move.do === "client-side apply") looks.field.clientApply(move.to);
    if (move.do === "plan") looks.wanted = move.to;
    if (move.do === "restart") looks.restart();
    if (move.do === "edit the spec") looks.options = { ...looks.options, generation: looks.now };
    if (move.do === "ask for a retry") looks.options = { ...looks.options, refreshedAt: looks.now };
    if (move.do === "edit the spec" || move.do === "ask for a retry") contested = false;
    if (move.do === "leave it out of the manifest") {
      looks.field.clientApply(undefined);
      // That mends a contest over the manifest, and no other.
      if (looks.memory.contest?.cause === "Manifest") contested = false;
    }
    if (move.do !== "look") continue;
    const decision = looks.look(move.seconds * 1_000);
    if (contested) decisions.push(decision);
    contested ||= decision.reason === "Contested";
  }
  return decisions;
}

describe("somebody who wants the field too", () => {
  it("is never fought: once contested, nothing is written until the user asks for another try", () => {
    fc.assert(
      fc.property(kind, fc.boolean(), fc.array(anyMove, { maxLength: 80, size: "max" }), (on, takeOver, moves) => {
        const looks = new Looks(new LiveField(on, 2), 12);
        looks.options = { takeOver };
        const decisions = afterContest(looks, moves);
        expect(decisions.filter(({ write, reason }) => write !== undefined || reason !== "Contested")).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("sees at most two writes of one plan in ten minutes", () => {
    const reset = fc.record({ seconds: fc.integer({ min: 1, max: 400 }), to: to.filter((value) => value !== 12) });
    fc.assert(
      fc.property(kind, fc.array(reset, { minLength: 1, maxLength: 60, size: "max" }), (on, resets) => {
        const looks = new Looks(new LiveField(on, 2), 12);
        const writes = resets.flatMap(({ seconds, to: value }) => {
          const { write } = looks.look(seconds * 1_000);
          looks.field.update("cron-hpa", value);
          return write?.value === 12 ? [looks.now] : [];
        });
        expect(crowded(writes, 2)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe("manifests that come and go, with the field and without", () => {
  it("see at most four writes of one plan in ten minutes, and two after the first contest over them", () => {
    const manifest = fc.record({
      seconds: fc.integer({ min: 1, max: 400 }),
      to: fc.option(
        to.filter((value) => value !== 12),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(kind, fc.array(manifest, { minLength: 1, maxLength: 60, size: "max" }), (on, manifests) => {
        const looks = new Looks(new LiveField(on, 2), 12);
        looks.field.clientApply(2);
        let mended = Infinity;
        const writes = manifests.flatMap(({ seconds, to: value }) => {
          const { write } = looks.look(seconds * 1_000);
          if (looks.memory.mended) mended = Math.min(mended, looks.now);
          looks.field.clientApply(value);
          return write?.value === 12 ? [looks.now] : [];
        });
        expect(crowded(writes, 4)).toEqual([]);
        expect(
          crowded(
            writes.filter((at) => at >= mended),
            2,
          ),
        ).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe("nobody else", () => {
  it("has each plan written once, gets its base back, and no note outlives the floor", () => {
    const bases = fc.integer({ min: 1, max: 10 });
    fc.assert(
      fc.property(bases, fc.array(to, { maxLength: 30 }), (base, plans) => {
        const looks = new Looks(new LiveField("HorizontalPodAutoscaler", base), base);
        for (const wanted of [...plans, base]) {
          const [written, standing, expected] = [looks.writes.length, looks.field.value, Math.max(base, wanted)];
          looks.wanted = wanted;
          looks.look(MINUTE);
          looks.look(MINUTE);
          expect(looks.field.value).toBe(expected);
          expect(looks.writes.length - written).toBe(standing === expected ? 0 : 1);
          expect(looks.field.annotations).toEqual(wanted > base ? { [BASE_ANNOTATION]: String(base) } : {});
        }
      }),
    );
  });
});
