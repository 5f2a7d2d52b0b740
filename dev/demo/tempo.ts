import type { StartDistribution } from "./start-distribution.ts";

/** How fast things go. A filing window of weeks passes in minutes, and so does what follows it. */
export interface Tempo {
  /** From the start of the workload to the opening of the window, and from there to its deadline, ms. */
  opensInMs: number;
  windowMs: number;
  /** How long the pods that kwok plays take to start, ms. */
  podStarts: StartDistribution;
  /** Of spec.scaling.release. */
  grace: string;
  every: string;
  /** How long the autoscaler waits before it goes down, seconds; its own default is 300. */
  settleSeconds: number;
}

/** Pods take as long to start as they do in life. */
export const lifelike: Tempo = {
  opensInMs: 120_000,
  windowMs: 360_000,
  podStarts: { p50: 45_000, p95: 150_000 },
  grace: "30s",
  every: "20s",
  settleSeconds: 60,
};

/** All of it in three minutes, to see that it works; pods start quickly. */
export const quick: Tempo = {
  opensInMs: 20_000,
  windowMs: 80_000,
  podStarts: { p50: 4_000, p95: 12_000 },
  grace: "10s",
  every: "5s",
  settleSeconds: 15,
};
