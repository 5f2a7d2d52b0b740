import { deflateRawSync, inflateRawSync } from "node:zlib";
import { parseState, stateText, type ForecastState } from "../forecast/state.ts";

/**
 * What was learnt of a service, at rest: as numbers it takes some hundred kilobytes, packed a tenth of that, and there
 * are thousands. What comes out is what a ConfigMap holds, so a plan is the same before and after a restart.
 */
export class PackedState {
  readonly baseline: ForecastState["baseline"];
  readonly learntUntil: number;
  /** Windows that were learnt, oldest deadline first; `over` are those that were seen to their end. */
  readonly windows: readonly { calendar: string; period: string; deadline: number; over: boolean }[];
  readonly #packed: Buffer;

  constructor(state: ForecastState) {
    this.#packed = deflateRawSync(stateText(state));
    this.baseline = state.baseline;
    this.learntUntil = state.learntUntil;
    this.windows = state.windows.map(({ calendar, period, deadline }) => {
      return { calendar, period, deadline, over: deadline <= state.learntUntil };
    });
  }

  get text(): string {
    return inflateRawSync(this.#packed).toString();
  }

  unpack(): ForecastState {
    const parsed = parseState(this.text);
    if ("problem" in parsed) throw new Error(`what was learnt cannot be read: ${parsed.problem}`);
    return parsed.state;
  }
}
