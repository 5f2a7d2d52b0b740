import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyState, parseState, stateText, type ForecastState, type WindowProfile } from "./state.ts";

const DAY = 86_400_000;

function window(overrides: Partial<WindowProfile> = {}): WindowProfile {
  return {
    calendar: "CN",
    period: "2027-01",
    type: "monthly",
    opens: 0,
    deadline: 2 * DAY,
    load: [3, null, 1],
    baseline: [1, 1, 1],
    censored: false,
    ...overrides,
  };
}

function state(overrides: Partial<ForecastState> = {}): ForecastState {
  return { ...emptyState("Asia/Shanghai"), learntUntil: 3 * DAY, highest: 3, windows: [window()], ...overrides };
}

describe("a state", () => {
  it("is the same after it was stored", () => {
    const whole = state({
      baseline: { zone: "Asia/Shanghai", levels: [5], spread: 0.2, hours: 3, points: 9, sufficient: false },
      usual: [[-7, 0.5]],
      holidays: [[24, 0]],
      windows: [window({ law: { peakFactor: 3.2, exponent: 1.4 }, error: { last: -0.1, before: 0.2 } })],
    });
    expect(parseState(stateText(whole))).toEqual({ state: whole });
  });

  it("is stored in less than 100 KB, whatever the numbers, without its oldest windows if it must", () => {
    const load = Array.from({ length: 744 }, (_, back) => 1.23e-7 * (back + 1));
    const windows = Array.from({ length: 24 }, (_, index) =>
      window({ load, baseline: load, opens: index * 30 * DAY, deadline: (index + 1) * 30 * DAY }),
    );
    const text = stateText(state({ windows }));
    expect(text.length).toBeLessThanOrEqual(100_000);
    const parsed = parseState(text);
    const kept = "state" in parsed ? parsed.state.windows : [];
    expect(kept.length).toBeGreaterThan(3);
    expect(kept).toEqual(windows.slice(-kept.length));
  });

  it.each([
    ["no JSON", "{", /^it is no JSON: /],
    ["a number", "7", /^the state is 7: an object is wanted$/],
    ["a state of no version", "{}", /^version is missing: a whole number is wanted$/],
    ["a state of version 0", '{"version":0}', /^version is 0: 1 is wanted$/],
    ["a zone that does not exist", textWith({ zone: "CST8" }), /^zone is "CST8": an IANA time zone is wanted$/],
    ["a time that is none", textWith({ learntUntil: 1.5 }), /^learntUntil is 1.5: a whole number is wanted$/],
    ["a negative load", textWith({ highest: -1 }), /^highest is -1: a number from 0/],
    ["hours that are none", textWith({ usual: [[1]] }), /^usual\[0\] is \[1\]: \[hour, load\] is wanted$/],
    ["a list that is none", textWith({ windows: {} }), /^windows is {}: a list of at most 24 is wanted$/],
    ["a window that is none", textWith({ windows: [null] }), /^windows\[0\] is null: an object is wanted$/],
    [
      "a window that ends before it opens",
      textWith({ windows: [window({ opens: 3 * DAY })] }),
      /^windows\[0\]\.deadline is 172800000: a time after opens is wanted$/,
    ],
    [
      "a load that is a text",
      textWith({ windows: [{ ...window(), load: [1, "2", 3] }] }),
      /^windows\[0\]\.load\[1\] is "2": a number from 0/,
    ],
    [
      "a baseline of another length than the loads",
      textWith({ windows: [window({ baseline: [1] })] }),
      /^windows\[0\]\.baseline is \[1\]: a list as long as load \(3\), or of none, is wanted$/,
    ],
    [
      "a law without an exponent",
      textWith({ windows: [{ ...window(), law: { peakFactor: 3 } }] }),
      /^windows\[0\]\.law\.exponent is missing/,
    ],
    [
      "a week of five levels",
      textWith({ baseline: { zone: "UTC", levels: [1, 2, 3, 4, 5], hours: 1, points: 1, sufficient: true } }),
      /^baseline\.levels is \[1,2,3,4,5\]: a list of 168, or of 1, is wanted$/,
    ],
  ])("is refused when it is %s", (_name, given, problem) => {
    const parsed = parseState(given);
    expect("problem" in parsed ? parsed.problem : parsed).toMatch(problem);
    expect(parsed).not.toHaveProperty("newer");
  });

  it("of a newer version is told from nonsense, so that it is left alone", () => {
    expect(parseState('{"version":2,"other":[]}')).toEqual({
      problem: "it was written by a newer version (2): use a newer invoiceops",
      newer: true,
    });
  });

  it("is read or refused, never thrown at, whatever the text", () => {
    const json = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => textWith(value as Partial<ForecastState>)),
    );
    fc.assert(
      fc.property(json, (given) => {
        const parsed = parseState(given);
        expect("state" in parsed || parsed.problem.length > 0).toBe(true);
      }),
    );
  });
});

/** The text of a state with some fields replaced, by nonsense too. */
function textWith(overrides: object): string {
  return JSON.stringify({ ...state(), ...overrides });
}
