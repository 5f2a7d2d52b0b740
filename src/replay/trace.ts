/** A load over time, requests/s: each sample holds from its moment to the next one. */
export interface Trace {
  /** The first sample's moment, ms since the epoch. */
  readonly start: number;
  readonly stepMs: number;
  /** One sample a step; NaN where nothing was measured. */
  readonly load: Float64Array;
}

/** The first moment that the trace says nothing about, ms since the epoch. */
export function endOf({ start, stepMs, load }: Trace): number {
  return start + stepMs * load.length;
}

/** The load at a moment; NaN outside of the trace and in its gaps. */
export function loadAt({ start, stepMs, load }: Trace, at: number): number {
  return load[Math.floor((at - start) / stepMs)] ?? Number.NaN;
}

/** The highest load of [from, to); 0 where nothing was measured. */
export function highestIn({ start, stepMs, load }: Trace, from: number, to: number): number {
  const first = Math.max(0, Math.floor((from - start) / stepMs));
  const end = Math.min(load.length, Math.ceil((to - start) / stepMs));
  let highest = 0;
  for (let index = first; index < end; index++) if (load[index]! > highest) highest = load[index]!;
  return highest;
}
