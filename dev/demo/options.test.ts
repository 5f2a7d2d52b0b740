import { expect, it } from "vitest";
import { readOptions } from "./options.ts";

it("without arguments it is a cluster of one's own that stays up", () => {
  expect(readOptions([])).toEqual({ once: false, installCrds: false, opensInMs: 120_000, windowMs: 360_000 });
});

it("all options are read", () => {
  expect(readOptions(["--once", "--window=5m", "--opens-in", "90s", "--context", "dev", "--install-crds"])).toEqual({
    once: true,
    context: "dev",
    installCrds: true,
    opensInMs: 90_000,
    windowMs: 300_000,
  });
});

it("help is no run", () => {
  expect(readOptions(["--help"])).toBeUndefined();
});

it.each([
  [["--window", "8"], '--window is "8": give a duration from 180s to 1h, for example 6m'],
  [["--window", "1m"], '--window is "1m": give a duration from 180s to 1h'],
  [["--opens-in", "2h"], '--opens-in is "2h": give a duration from 30s to 1h'],
  [["--install-crds"], "--install-crds goes with --context"],
  [["--onse"], "Unknown option '--onse'"],
])("%j is refused", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
