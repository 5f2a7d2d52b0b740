import { deadlineFactor } from "../../src/forecast/deadline-law.ts";
import { learn, type LearnInput } from "../../src/forecast/learn.ts";
import { LearnedForecast } from "../../src/forecast/learned-forecast.ts";
import { parseState, stateText, type ForecastState } from "../../src/forecast/state.ts";
import { planAt } from "../../src/scaling/plan.ts";
import { windowSource } from "../../src/scaling/sources.ts";

/**
 * What learning and planning cost, in CPU time, so that a busy machine is no slow one. It differs from machine to
 * machine all the same; beside each stands its ratio to reading the same data as JSON in the same run, which no
 * program could do without.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START = Date.parse("2026-01-01T00:00:00Z");
const MONTHS = 12;
const ROUNDS = 50;
/** A service is decided on twice a minute: 5,000 of them, one core. */
const EACH_MS = 30_000 / 5_000;

/** Returns the exit code: 1 when something is slower than it is to be. */
export function benchLearn(): number {
  const input = aYear();
  const samples = [...input.samples];
  const answer = JSON.stringify(samples);
  const reading = cost(() => JSON.parse(answer));
  const before = process.resourceUsage().maxRSS;
  const learning = cost(() => learn(undefined, { ...input, samples }));
  const grownMb = (process.resourceUsage().maxRSS - before) / 1_024;
  const { state } = learn(undefined, { ...input, samples });
  const text = stateText(state);

  const parsing = cost(() => JSON.parse(text), 50);
  const restoring = cost(() => parseState(text), 50);
  const making = cost(() => forecastOf(state, input.now), 20);
  const sources = sourcesOf(forecastOf(state, input.now), input);
  planAt(sources, 2, input.now, 5 * MINUTE_MS);
  let at = input.now;
  const deciding = cost(() => planAt(sources, 2, (at += 30_000), 5 * MINUTE_MS), 2_000);
  const fromState = cost(
    () => planAt(sourcesOf(forecastOf(state, input.now), input), 2, input.now, 5 * MINUTE_MS),
    ROUNDS,
  );

  const rows: [what: string, ms: number, against: number, most: number][] = [
    [`learning ${samples.length} samples of ${MONTHS} months`, learning, reading, 2_000],
    [`reading a state of ${Math.round(text.length / 1_000)} KB and checking it`, restoring, parsing, EACH_MS],
    ["a forecast from a state", making, parsing, EACH_MS],
    ["a first decision from a state, forecast made anew", fromState, parsing, EACH_MS],
    ["each further decision", deciding, parsing, 1],
  ];
  console.log("| what | CPU ms | times reading it as JSON | at most ms |\n| --- | ---: | ---: | ---: |");
  for (const [what, ms, against, most] of rows)
    console.log(`| ${what} | ${ms.toPrecision(3)} | ${(ms / against).toPrecision(3)} | ${most} |`);
  console.log(`\nmemory grew by ${grownMb.toFixed(0)} MB while learning, at most 200`);
  console.log(`services decided on in 30 s on one core: ${Math.floor(30_000 / fromState)} with forecasts made anew`);
  const slow = rows.filter(([, ms, , most]) => ms > most);
  for (const [what] of slow) console.error(`not reached: ${what}`);
  return slow.length > 0 || grownMb > 200 ? 1 : 0;
}

/** Office hours, and a window of 15 days each month with a peak of 20 times the usual. */
function aYear(): LearnInput {
  const windows = Array.from({ length: MONTHS + 1 }, (_, month) => {
    const opens = Date.UTC(2026, month, 1);
    const name = new Date(opens).toISOString().slice(0, 7);
    return { calendar: "CN", name, type: "monthly", opens, deadline: opens + 15 * DAY_MS };
  });
  const now = Date.UTC(2026, MONTHS, 8);
  const samples = Array.from({ length: (now - START) / (5 * MINUTE_MS) }, (_, index) => {
    const at = START + index * 5 * MINUTE_MS;
    const window = windows.find(({ opens, deadline }) => at >= opens && at < deadline);
    const usual = 50 + 40 * Math.sin((at / DAY_MS) * 2 * Math.PI) + 5 * Math.sin(index * 12.9898);
    return [at, window ? usual * deadlineFactor({ ...window, at, peakFactor: 20 }) : usual] as const;
  });
  return { samples, windows, events: [], outages: [], zone: "Asia/Shanghai", now };
}

function forecastOf(state: ForecastState, now: number): LearnedForecast {
  return new LearnedForecast({
    state,
    windows: [0, 1].map((month) => {
      const opens = Date.UTC(2026, MONTHS + month, 1);
      const deadline = opens + 15 * DAY_MS;
      const name = new Date(opens).toISOString().slice(0, 7);
      return { calendar: "CN", name, type: "monthly", opens, deadline, holdsUntil: deadline + DAY_MS };
    }),
    events: [],
    expectedPeakFactor: 3,
    now,
  });
}

function sourcesOf(forecast: LearnedForecast, { windows }: LearnInput): ReturnType<typeof windowSource>[] {
  const planned = forecast.planned({ utilization: 0.7 });
  return windows
    .slice(-1)
    .map(({ name = "", opens, deadline }) => windowSource({ name, opens, deadline }, DAY_MS, planned, 70));
}

/** CPU time of one round, ms: the least mean of some rounds of it. */
function cost(work: () => unknown, rounds = 1): number {
  const took = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000 / rounds;
  });
  return Math.min(...took);
}
