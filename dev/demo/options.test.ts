import { expect, it } from "vitest";
import { readOptions } from "./options.ts";
import { lifelike, quick } from "./tempo.ts";

it("without arguments it is a cluster of one's own that stays up", () => {
  expect(readOptions([])).toMatchObject({ once: false, installCrds: false, tempo: lifelike });
});

it("all options are read", () => {
  expect(
    readOptions(["--once", "--window=5m", "--opens-in", "90s", "--context", "dev", "--install-crds", "--image=pause"]),
  ).toEqual({
    once: true,
    context: "dev",
    installCrds: true,
    image: "pause",
    tempo: { ...lifelike, opensInMs: 90_000, windowMs: 300_000 },
  });
});

it("quick is another tempo, of which parts can be changed", () => {
  expect(readOptions(["--quick", "--window", "2m"])?.tempo).toEqual({ ...quick, windowMs: 120_000 });
});

it("help is no run", () => {
  expect(readOptions(["--help"])).toBeUndefined();
});

it.each([
  [["--window", "8"], '--window is "8": give a duration from 60s to 1h, for example 6m'],
  [["--window", "30s"], '--window is "30s": give a duration from 60s to 1h'],
  [["--opens-in", "2h"], '--opens-in is "2h": give a duration from 10s to 1h'],
  [["--install-crds"], "--install-crds goes with --context"],
  [["--onse"], "Unknown option '--onse'"],
])("%j is refused", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
