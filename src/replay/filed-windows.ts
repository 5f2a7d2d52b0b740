import { holdsUntil, type Window } from "../calendar/window.ts";

/** A window as it ended: one whose deadline was moved is one, with two deadlines. */
export interface FiledWindow {
  calendar: string;
  name: string;
  opens: number;
  /** The last of its deadlines, ms since the epoch. */
  deadline: number;
  deadlines: readonly number[];
  holdsUntil: number;
}

/** The windows by their deadlines, the parts of each put together. */
export function filedWindows(windows: readonly Window[], graceMs: number): FiledWindow[] {
  const parts = Map.groupBy(windows, ({ calendar, name, deadline }) => `${calendar} ${name ?? deadline}`);
  return [...parts.values()]
    .map((same): FiledWindow => {
      const deadlines = same.map(({ deadline }) => deadline);
      const { calendar, name = new Date(deadlines[0]!).toISOString().slice(0, 10) } = same[0]!;
      return {
        calendar,
        name,
        opens: Math.min(...same.map(({ opens }) => opens)),
        deadline: Math.max(...deadlines),
        deadlines,
        holdsUntil: Math.max(...same.map((window) => holdsUntil(window, graceMs))),
      };
    })
    .toSorted((a, b) => a.deadline - b.deadline);
}
