/** Colours for people at a terminal; elsewhere the text stays as it is. */
export interface Paint {
  good(this: void, text: string): string;
  warn(this: void, text: string): string;
  bad(this: void, text: string): string;
  dim(this: void, text: string): string;
  bold(this: void, text: string): string;
}

const sgr =
  (code: number) =>
  (text: string): string =>
    text === "" ? "" : `\u001B[${code}m${text}\u001B[0m`;
const plain = (text: string): string => text;

const COLOURS: Paint = { good: sgr(32), warn: sgr(33), bad: sgr(31), dim: sgr(2), bold: sgr(1) };
const PLAIN: Paint = { good: plain, warn: plain, bad: plain, dim: plain, bold: plain };

/** Colours only at a terminal that has them, and not where NO_COLOR is set to anything (no-color.org). */
export function paintFor(terminal: boolean, env: NodeJS.ProcessEnv): Paint {
  return terminal && !env["NO_COLOR"] && env["TERM"] !== "dumb" ? COLOURS : PLAIN;
}
