import type { Backtest } from "../../replay/backtest.ts";

const HEAD = "time,load,floor,reactive,desired,p50,upper";

/** A row a sample; what is not known stays empty. Loads in requests/s, the rest in replicas. */
export function* csvRows({ trace, columns }: Backtest): Generator<string> {
  yield `${HEAD}\n`;
  const { floor, reactive, desired, p50, upper } = columns;
  for (const [index, load] of trace.load.entries()) {
    const time = new Date(trace.start + index * trace.stepMs).toISOString().replace(".000Z", "Z");
    const cells = [load, floor[index]!, reactive[index]!, desired[index]!, p50[index]!, upper[index]!].map(cellOf);
    yield `${time},${cells.join(",")}\n`;
  }
}

function cellOf(value: number): string {
  return Number.isNaN(value) ? "" : String(Number(value.toPrecision(6)));
}
