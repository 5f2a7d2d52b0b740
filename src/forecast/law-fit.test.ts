import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deadlineFactor } from "./deadline-law.ts";
import { fitLaw } from "./law-fit.ts";
import { HOUR_MS } from "./local-hours.ts";

const DEADLINE = 360 * HOUR_MS;

/** A window of 15 days whose loads follow the law, open from 8 to 20 o'clock. */
function window(
  peakFactor: number,
  exponent: number,
  change: (load: number, back: number) => number | null = (load) => load,
) {
  const baseline = Array.from({ length: 360 }, (_, back) =>
    (359 - back) % 24 >= 8 && (359 - back) % 24 < 20 ? 40 : 0,
  );
  const load = baseline.map((usual, back) => {
    const at = DEADLINE - back * HOUR_MS;
    return change(usual * deadlineFactor({ at, opens: 0, deadline: DEADLINE, peakFactor, exponent }), back);
  });
  return { opens: 0, deadline: DEADLINE, load, baseline };
}

describe("the law that fits a window", () => {
  it("is the one behind its loads", () => {
    const exponent = fc.constantFrom(0.8, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.2);
    fc.assert(
      fc.property(fc.double({ min: 1.5, max: 300, noNaN: true }), exponent, (peakFactor, steepness) => {
        const law = fitLaw(window(peakFactor, steepness));
        expect(law?.exponent).toBe(steepness);
        expect(law?.peakFactor).toBeCloseTo(peakFactor, 6);
      }),
    );
  });

  it("is not moved by a few odd hours and by gaps", () => {
    const odd = window(20, 1.4, (load, back) => (back % 11 === 0 ? 9_999 : back % 7 === 0 ? null : load));
    expect(fitLaw(odd)).toEqual({ peakFactor: expect.closeTo(20, 0), exponent: 1.4 });
  });

  it("has a peak factor of 1 for a month without a peak", () => {
    expect(fitLaw(window(1, 1.3))?.peakFactor).toBeCloseTo(1, 9);
    expect(fitLaw(window(1, 1.3, (load) => load / 2))?.peakFactor).toBe(1);
  });

  it("does not exist where there is no usual demand to compare with", () => {
    const { opens, deadline, load } = window(20, 1.4);
    expect(fitLaw({ opens, deadline, load, baseline: load.map(() => 0) })).toBeUndefined();
    expect(fitLaw({ opens, deadline, load: load.map(() => null), baseline: load.map(() => 5) })).toBeUndefined();
  });
});
