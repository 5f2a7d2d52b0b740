import type { Answered } from "./load.ts";

/** What clients saw, in figures. */
export interface Served {
  requests: number;
  /** Refused or without an answer. */
  failed: number;
  /** Answered, and later than the objective. */
  slow: number;
  p50Ms: number;
  p99Ms: number;
  /** How often each error was seen. */
  errors: Readonly<Record<string, number>>;
}

/** The objective of the service. */
const OBJECTIVE_MS = 800;

export function served(answers: readonly Answered[]): Served {
  const good = answers.filter(isGood);
  const latencies = answers.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b);
  const quantile = (share: number): number => latencies[Math.ceil(share * latencies.length) - 1] ?? 0;
  const errors: Record<string, number> = {};
  for (const { status, error } of answers.filter((answer) => !isGood(answer))) {
    const what = status === 0 ? error.replaceAll(/\d+\.\d+\.\d+\.\d+:\d+/g, "ADDRESS") : String(status);
    errors[what] = (errors[what] ?? 0) + 1;
  }
  return {
    requests: answers.length,
    failed: answers.length - good.length,
    slow: good.filter(({ latencyMs }) => latencyMs > OBJECTIVE_MS).length,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    errors,
  };
}

function isGood({ status }: Answered): boolean {
  return status >= 200 && status < 400;
}
