import type { Backtest } from "../../replay/backtest.ts";
import { momentText } from "../moments.ts";

/** A plot as inline SVG: load, floor, bound and the moments in which requests came too late. */

const WIDTH = 960;
const HEIGHT = 260;
const LEFT = 64;
const BOTTOM = 28;
const TOP = 8;
/** Points of a line; each is the highest of what it stands for. */
const MOST_POINTS = 900;
const GRID_LINES = 4;

export interface Stretch {
  from: number;
  to: number;
  /** Deadlines to mark. */
  deadlines: readonly number[];
  zone: string;
  title: string;
}

interface Line {
  name: string;
  /** Class in the page's style. */
  look: string;
  values: readonly number[];
}

export function chart(result: Backtest, stretch: Stretch): string {
  const { trace, columns, workload } = result;
  const first = Math.max(0, Math.floor((stretch.from - trace.start) / trace.stepMs));
  const end = Math.min(trace.load.length, Math.ceil((stretch.to - trace.start) / trace.stepMs));
  const size = Math.max(1, Math.ceil((end - first) / MOST_POINTS));
  const buckets = Array.from({ length: Math.ceil((end - first) / size) }, (_, index) => first + index * size);
  const highest = (of: (index: number) => number): number[] =>
    buckets.map((from) => {
      let most = Number.NaN;
      for (let index = from; index < Math.min(end, from + size); index++) {
        const value = of(index);
        if (!(most >= value) && !Number.isNaN(value)) most = value;
      }
      return most;
    });
  const short = (ready: Float64Array): boolean[] =>
    highest((index) => Number(trace.load[index]! > ready[index]! * workload.perReplica)).map((value) => value === 1);
  const lines: Line[] = [
    { name: "bound", look: "bound", values: highest((index) => columns.upper[index]!) },
    { name: "floor", look: "floor", values: highest((index) => columns.floor[index]! * workload.perReplica) },
    { name: "HPA alone", look: "alone", values: highest((index) => columns.readyAlone[index]! * workload.perReplica) },
    { name: "load", look: "load", values: highest((index) => trace.load[index]!) },
  ];
  const scale = scaleOf(lines);
  const x = (at: number): number => LEFT + ((at - stretch.from) / (stretch.to - stretch.from)) * (WIDTH - LEFT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / scale) * (HEIGHT - BOTTOM - TOP);
  const atBucket = (index: number): number => x(trace.start + buckets[index]! * trace.stepMs);
  const width = Math.max(1, (size * trace.stepMs * (WIDTH - LEFT)) / (stretch.to - stretch.from));
  const marks = (flags: readonly boolean[], look: string, row: number): string =>
    flags
      .flatMap((flag, index) =>
        flag
          ? [`<rect class="${look}" x="${fixed(atBucket(index))}" y="${row}" width="${fixed(width)}" height="6"/>`]
          : [],
      )
      .join("");
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"><title>${escaped(stretch.title)}</title>`,
    ...Array.from({ length: GRID_LINES + 1 }, (_, index) => {
      const value = (scale * index) / GRID_LINES;
      return `<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${fixed(y(value))}" y2="${fixed(y(value))}"/><text x="${LEFT - 6}" y="${fixed(y(value) + 4)}" text-anchor="end">${Number(value.toPrecision(3))}</text>`;
    }),
    ...stretch.deadlines
      .filter((at) => at >= stretch.from && at <= stretch.to)
      .map(
        (at) =>
          `<line class="deadline" x1="${fixed(x(at))}" x2="${fixed(x(at))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`,
      ),
    ...lines.map(({ look, values }) => `<path class="${look}" d="${pathOf(values, atBucket, y)}"/>`),
    marks(short(columns.ready), "short", HEIGHT - BOTTOM),
    marks(short(columns.readyAlone), "short-alone", HEIGHT - BOTTOM + 7),
    `<text x="${LEFT}" y="${HEIGHT - 2}">${escaped(momentText(stretch.from, stretch.zone))}</text>`,
    `<text x="${WIDTH}" y="${HEIGHT - 2}" text-anchor="end">${escaped(momentText(stretch.to, stretch.zone))}</text>`,
    "</svg>",
  ].join("");
}

/** A little above the highest; a bound that is far above all load is cut off. */
function scaleOf(lines: readonly Line[]): number {
  const load = mostOf(lines.find(({ look }) => look === "load")!.values);
  return 1.05 * Math.max(1, Math.min(mostOf(lines.flatMap(({ values }) => values)), 4 * load));
}

function mostOf(values: readonly number[]): number {
  return values.reduce((highest, value) => (value > highest ? value : highest), 0);
}

function pathOf(values: readonly number[], x: (index: number) => number, y: (value: number) => number): string {
  let drawing = false;
  const steps = values.map((value, index) => {
    if (Number.isNaN(value)) {
      drawing = false;
      return "";
    }
    const step = `${drawing ? "L" : "M"}${fixed(x(index))} ${fixed(Math.max(TOP, y(value)))}`;
    drawing = true;
    return step;
  });
  return steps.join("");
}

function fixed(value: number): string {
  return value.toFixed(1);
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
