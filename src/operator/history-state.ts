import type { learnCapacity } from "../forecast/capacity.ts";
import type { Findings } from "../forecast/learn.ts";
import type { Failure } from "../prometheus/reading.ts";
import type { PackedState } from "./packed-state.ts";

/** What is known of a service's history, and which of two states is the better one: pure. */

export interface HistoryState {
  /** The best that could be learnt. */
  learnt?: PackedState;
  /** What the last learning found. */
  findings?: Findings;
  /** What one replica serves, where it had to be learnt. */
  capacity?: ReturnType<typeof learnCapacity>;
  /** It comes from all the data there was, so what it says may also be followed down. */
  whole: boolean;
  /** Why the last try gave none, or none that is as good. */
  failure?: Failure;
  /** A try is over: what there is now is what there is. */
  known: boolean;
  /** Windows further back are being looked for. */
  searching?: true;
  /** Why what is learnt is not kept for the next process. */
  unkept?: { reason: "StateUnusable" | "StateNotKept"; message: string };
}

export const NOTHING: HistoryState = { known: false, whole: false };

export interface Learnt {
  learnt: PackedState;
  findings: Findings;
  /** Part of the data was missing; the words of the server. */
  partial?: string;
}

/** The state after a try: what is learnt from less than was known before does not take its place. */
export function better(known: HistoryState, { partial, ...after }: Learnt): HistoryState {
  const { failure: _failure, ...before } = known;
  const told = { findings: after.findings, known: true };
  const hadBaseline = before.learnt?.baseline;
  const { baseline } = after.learnt;
  if (partial !== undefined) {
    const failure: Failure = { ok: false, reason: "PartialData", message: `part of the data is missing: ${partial}` };
    // What is too small may stand in for nothing, and adds nothing to what is whole.
    if (before.whole || !baseline) return { ...before, ...told, failure };
    return { ...before, ...after, ...told, whole: false, failure };
  }
  if (!baseline) return { ...before, ...told };
  if (before.whole && hadBaseline?.sufficient && !baseline.sufficient) {
    const message = `little is left of it: ${after.findings.points} samples, ${after.findings.needed} are needed`;
    return { ...before, ...told, failure: { ok: false, reason: "NoData", message } };
  }
  return { ...before, ...after, ...told, whole: true };
}
