import type { Clock } from "../../src/runtime/clock.ts";
import { ForecastStore } from "../../src/operator/forecast-store.ts";
import { History } from "../../src/operator/history.ts";
import { PastLoader } from "../../src/operator/past-loader.ts";
import type { RangeAnswer } from "../../src/prometheus/answer.ts";
import type { Grid } from "../../src/prometheus/parse.ts";
import { ConfigMapShelf } from "./config-map-shelf.ts";

interface Options {
  clock: Clock;
  /** What Prometheus answers to any range query. */
  answer: (grid: Grid, query: string) => RangeAnswer | Promise<RangeAnswer>;
  onLearnt?: (key: string) => void;
  shelf?: ConfigMapShelf;
}

/** A history in front of a Prometheus and an API server that answer from memory. */
export function openHistory({ clock, answer, onLearnt = () => {}, shelf = new ConfigMapShelf() }: Options): History {
  const range = async (query: string, { start, end, stepMs }: Grid): Promise<RangeAnswer> =>
    answer({ start, end, stepMs }, query);
  return new History({
    queries: { askRange: (_endpoint, query, grid) => range(query, grid) },
    past: new PastLoader({
      range: (_endpoint, query, grid) => range(query, grid),
      identityOf: ({ url }) => url,
      now: () => clock.now(),
    }),
    store: new ForecastStore(shelf.client),
    clock,
    onLearnt,
  });
}

/** Until nothing of it is under way any more: each piece of the past takes a turn of the event loop. */
export async function historyRead(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
